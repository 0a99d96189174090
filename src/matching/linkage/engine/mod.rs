//! The linkage engine for files: Fellegi-Sunter with levels, fitted to the data in hand. Knows no database and no key.
mod agglomerate;
mod atoms;
mod block;
mod bound;
mod cells;
mod cluster;
mod compare;
mod decide;
mod explain;
mod fields;
mod fit;
mod hash;
mod homes;
mod lunar;
mod model;
mod names;
#[cfg(test)]
mod properties;
mod run;
mod schema;
mod shelves;
mod similar;
mod split;
mod supervised;
mod table;
mod texts;
mod values;
mod work;

pub use block::Key;
pub use explain::{Explanation, Inspection, Level, Step, Subject, inspect};
pub use run::{Options, Outcome, ScoredPair, dedupe, pair};
pub use schema::{Meaning, Schema};
pub use table::Table;

/// Why files could not be linked. Nothing was written.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum EngineError {
    /// The schema is not a schema.
    #[error("the schema cannot be read ({reason}); nothing was done. It needs a [columns] table of column = \"meaning\"")]
    Schema {
        /// The reader's words.
        reason: String,
    },
    /// A meaning the engine does not know.
    #[error("the schema gives column `{column}` a meaning that is not known; nothing was done. Correct the schema")]
    Meaning {
        /// The column.
        column: String,
    },
    /// A column the file does not have.
    #[error("the file has no column `{column}` that the schema names; nothing was done. Correct the schema or the file's header")]
    AbsentColumn {
        /// The column.
        column: String,
    },
    /// Nothing is left to compare.
    #[error("there is nothing to compare: no column with a meaning holds any value; nothing was done. Name more columns in the schema")]
    NothingToCompare,
    /// More comparisons than the engine makes.
    #[error("the schema asks for more than {most} comparisons; nothing was done. Leave out columns that tell least")]
    TooManyColumns {
        /// The most.
        most: usize,
    },
    /// Not CSV.
    #[error("row {row} is not valid CSV; nothing was done. Correct the file")]
    Csv {
        /// The row, the header being row 1.
        row: usize,
    },
    /// A row without its id.
    #[error("row {row} has no unique id; nothing was done. Fill it, or leave unique_id out of the schema to number the rows")]
    EmptyId {
        /// The row, the header being row 1.
        row: usize,
    },
    /// Two rows of one id.
    #[error(
        "row {row} repeats the unique id of an earlier row; nothing was done. Make the ids unique, or leave unique_id out of the schema"
    )]
    RepeatedId {
        /// The row, the header being row 1.
        row: usize,
    },
    /// Beyond the addressable size.
    #[error("the file is larger than four gigabytes of cells or four billion rows; nothing was done. Split it")]
    TooLarge,
}
