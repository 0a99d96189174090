//! The JSON form of DESIGN 7.

use serde::Serializer;
use serde::ser::{SerializeMap, SerializeSeq};

use super::cause::IncidenceRow;
use super::{Curve, Incidence};

pub(super) fn curves<S: Serializer>(curves: &[(String, Curve)], to: S) -> Result<S::Ok, S::Error> {
    to.collect_map(curves.iter().map(|(name, curve)| (name, curve)))
}

pub(super) fn incidence<S: Serializer>(incidence: &Option<Incidence>, to: S) -> Result<S::Ok, S::Error> {
    let Some(incidence) = incidence else { return to.serialize_none() };
    let mut rows = to.serialize_seq(Some(incidence.rows.len()))?;
    for row in &incidence.rows {
        rows.serialize_element(&Row { causes: &incidence.causes, row })?;
    }
    rows.end()
}

struct Row<'a> {
    causes: &'a [u32],
    row: &'a IncidenceRow,
}

struct ByCause<'a, T>(&'a [u32], &'a [T]);

impl<T: serde::Serialize> serde::Serialize for ByCause<'_, T> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_map(self.0.iter().map(u32::to_string).zip(self.1))
    }
}

impl serde::Serialize for Row<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(Some(6))?;
        map.serialize_entry("time", &self.row.time)?;
        map.serialize_entry("at_risk", &self.row.at_risk)?;
        map.serialize_entry("events", &ByCause(self.causes, &self.row.events))?;
        map.serialize_entry("survival", &self.row.survival)?;
        map.serialize_entry("cif", &ByCause(self.causes, &self.row.cif))?;
        map.serialize_entry("cif_se", &ByCause(self.causes, &self.row.cif_se))?;
        map.end()
    }
}
