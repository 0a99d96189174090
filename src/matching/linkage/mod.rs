//! Record linkage: normalise, block, compare, weigh, decide, explain.
