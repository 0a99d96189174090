//! JSON.

use serde_json::{Map, Value as Json, json};

use super::{Table, Value};

pub(super) fn json(table: &Table) -> Json {
    let rows: Vec<Json> = table
        .rows
        .iter()
        .map(|row| {
            let cell = |at: usize| row.get(at).map_or(Json::Null, value);
            Json::Object(table.columns.iter().enumerate().map(|(at, c)| (c.key.clone(), cell(at))).collect::<Map<_, _>>())
        })
        .collect();
    json!({ "title": table.title, "rows": rows })
}

fn value(value: &Value) -> Json {
    match value {
        Value::Empty => Json::Null,
        Value::Text(text) => Json::from(text.as_str()),
        Value::Personal(text) => Json::from(text.reveal().as_str()),
        Value::Whole(n) => Json::from(*n),
        Value::Decimal(x, _) | Value::Share(x, _) => Json::from(*x),
        Value::Day(_) | Value::Suppressed => Json::from(super::text::printed(value, false)),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Column;
    use super::*;

    #[test]
    fn rows_are_objects_under_the_columns_keys() {
        let mut table = Table::new("t", vec![Column::text("town", "镇街"), Column::number("n", "人数")]);
        table.rows.push(vec![Value::text("=甲镇"), Value::Suppressed]);
        table.rows.push(vec![Value::text("乙镇"), Value::Whole(7)]);
        assert_eq!(table.to_json(), json!({"title": "t", "rows": [{"town": "=甲镇", "n": "*"}, {"town": "乙镇", "n": 7}]}));
    }
}
