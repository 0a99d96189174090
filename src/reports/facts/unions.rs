//! Registrants of one cluster, counted together while they are joined and apart again when a joining is undone.

use super::packed::{JOINED, Packed};
use super::standing::Standing;

/// What is counted as one: its members and their common standing.
#[derive(Debug, Clone)]
pub(in crate::reports) struct Union {
    members: Vec<u32>,
    /// Whether a registrar joined any of them, not a sheet.
    by_hand: bool,
    pub standing: Standing,
}

impl Union {
    /// Whether a registrant is counted in it.
    pub fn holds(&self, who: u32) -> bool {
        self.members.contains(&who)
    }

    fn apply(&mut self, fact: &Packed) {
        if self.by_hand {
            self.standing.apply_joined(fact);
        } else {
            self.standing.apply(fact);
        }
    }
}

/// How one fact changed the unions of a cluster.
pub(in crate::reports) enum Change {
    /// A fact of one union: its standing before and after.
    Of(Box<(Standing, Standing)>),
    /// A joining or splitting: the standings concerned before and after.
    Tie(Vec<Standing>, Vec<Standing>),
}

/// The unions of a cluster after some of its facts. A union's standing is what the facts of its members, taken together in the order of effect, make it;
/// so undoing a joining restores exactly what the members would have been.
#[derive(Debug, Default)]
pub(in crate::reports) struct Unions {
    unions: Vec<Union>,
    /// Who is tied to whom, and whether by a registrar.
    edges: Vec<((u32, u32), bool)>,
    past: Vec<(u32, Packed)>,
}

impl Unions {
    /// Every standing now.
    pub fn standings(&self) -> impl Iterator<Item = &Standing> {
        self.unions.iter().map(|u| &u.standing)
    }

    /// Every union now.
    pub fn each(&self) -> impl Iterator<Item = &Union> {
        self.unions.iter()
    }

    /// Lets a fact take effect.
    pub fn apply(&mut self, who: u32, fact: &Packed) -> Change {
        self.past.push((who, *fact));
        let own = self.union_of(who);
        if !fact.is_link() {
            let union = &mut self.unions[own];
            let before = union.standing;
            union.apply(fact);
            return Change::Of(Box::new((before, union.standing)));
        }
        let other = fact.arg.cast_unsigned();
        let theirs = self.union_of(other);
        // Joining or splitting also carries what it tells of its registrant (town, birth year): that is folded in below.
        let edge = (who.min(other), who.max(other));
        self.edges.retain(|(e, _)| *e != edge);
        if fact.event == JOINED && who != other {
            self.edges.push((edge, !fact.is_imported()));
        }
        let mut gone = vec![own];
        if theirs != own {
            gone.push(theirs);
        }
        gone.sort_unstable();
        let mut members = Vec::new();
        let mut before = Vec::new();
        for at in gone.into_iter().rev() {
            let union = self.unions.swap_remove(at);
            members.extend(union.members);
            before.push(union.standing);
        }
        members.sort_unstable();
        before.reverse();
        let fresh: Vec<Union> = self.parts(&members).into_iter().map(|part| self.fold(part)).collect();
        let after = fresh.iter().map(|u| u.standing).collect();
        self.unions.extend(fresh);
        Change::Tie(before, after)
    }

    fn union_of(&mut self, who: u32) -> usize {
        if let Some(at) = self.unions.iter().position(|u| u.members.contains(&who)) {
            return at;
        }
        self.unions.push(Union { members: vec![who], by_hand: false, standing: Standing::NEW });
        self.unions.len() - 1
    }

    /// The members as the present edges tie them.
    fn parts(&self, members: &[u32]) -> Vec<Vec<u32>> {
        let mut left = members.to_vec();
        let mut parts = Vec::new();
        while let Some(first) = left.first().copied() {
            let mut part = vec![first];
            left.retain(|m| *m != first);
            let mut at = 0;
            while let Some(who) = part.get(at).copied() {
                let tied = |m: &u32| self.edges.iter().any(|(edge, _)| *edge == (who.min(*m), who.max(*m)));
                part.extend(left.iter().copied().filter(tied));
                left.retain(|m| !tied(m));
                at += 1;
            }
            part.sort_unstable();
            parts.push(part);
        }
        parts
    }

    fn fold(&self, members: Vec<u32>) -> Union {
        let by_hand = self.edges.iter().any(|((one, _), by_hand)| *by_hand && members.binary_search(one).is_ok());
        let mut union = Union { members, by_hand, standing: Standing::NEW };
        for (who, fact) in &self.past {
            if union.members.binary_search(who).is_ok() {
                union.apply(fact);
            }
        }
        union
    }
}
