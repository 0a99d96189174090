//! Observations from a CSV file.

use super::{Observation, Sample};
use crate::reports::ReportError;

/// Reads observations from a UTF-8 CSV file with a header; header names and cells are trimmed.
///
/// `event` holds 0 for censored and a cause's number otherwise (`false` and `true` are 0 and 1). Without `entry` everybody is under observation from the start.
/// Groups are ordered by number where all are numbers, else by text.
///
/// # Errors
/// [`ReportError::SurvivalFile`] where the file cannot be read as CSV, has no such column, or holds nothing; [`ReportError::SurvivalCell`] with the record's
/// number (the header is 1) where a cell cannot be what its column is.
pub fn from_csv(bytes: &[u8], time: &str, event: &str, entry: Option<&str>, group: Option<&str>) -> Result<Sample, ReportError> {
    let text = std::str::from_utf8(bytes).map_err(|_| ReportError::SurvivalFile("it is not UTF-8; save it as CSV UTF-8"))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).flexible(true).has_headers(false).from_reader(text.as_bytes());
    let mut records = reader.records();
    let unreadable = |_| ReportError::SurvivalFile("it cannot be read as CSV; save it as CSV UTF-8 with commas between the cells");
    let headers = records.next().transpose().map_err(unreadable)?.unwrap_or_default();
    let column = |name: &str, missing| {
        let mut places = headers.iter().enumerate().filter(|(_, h)| *h == name.trim()).map(|(at, _)| at);
        let first = places.next().ok_or(ReportError::SurvivalFile(missing))?;
        match places.next() {
            None => Ok(first),
            Some(_) => Err(ReportError::SurvivalFile("two of its columns have the same name, so it is unclear which is meant; rename one")),
        }
    };
    let time_at = column(time, "it has no column of the name given with --time")?;
    let event_at = column(event, "it has no column of the name given with --event")?;
    let entry_at = entry.map(|name| column(name, "it has no column of the name given with --entry")).transpose()?;
    let group_at = group.map(|name| column(name, "it has no column of the name given with --group")).transpose()?;

    let mut rows = RowNumbers::new(text);
    let mut observations = Vec::new();
    let mut labels: Vec<String> = Vec::new();
    let mut known = std::collections::HashMap::new();
    for record in records {
        let record = record.map_err(unreadable)?;
        let row = rows.of(&record);
        let wrong = |field, what| ReportError::SurvivalCell { row, field, what };
        let cell =
            |at: usize, field| record.get(at).filter(|c| !c.is_empty()).ok_or(wrong(field, "is missing; fill it in or take the row out"));
        let number = |at: usize, field| {
            cell(at, field)?.parse::<f64>().ok().filter(|x| x.is_finite()).ok_or(wrong(field, "is not a number; write it as 12 or 12.5"))
        };
        if record.len() > headers.len() && record.iter().skip(headers.len()).any(|c| !c.is_empty()) {
            return Err(wrong("the last cell", "stands past the last column of the header; put text that holds a comma into quotes"));
        }
        let time = number(time_at, "--time")?;
        if time < 0.0 {
            return Err(wrong("--time", "is negative; count from the start of observation"));
        }
        let entry = entry_at.map_or(Ok(f64::NEG_INFINITY), |at| number(at, "--entry"))?;
        if entry >= time {
            return Err(wrong("--entry", "is not before the row's time, so the subject is never at risk; correct it or take the row out"));
        }
        let cause = cause(cell(event_at, "--event")?).ok_or(wrong("--event", "is not 0 (censored) or the number of a cause"))?;
        let group = match group_at {
            None => 0,
            Some(at) => {
                let label = cell(at, "--group")?;
                *known.entry(label.to_owned()).or_insert_with(|| {
                    labels.push(label.to_owned());
                    labels.len() - 1
                })
            }
        };
        observations.push(Observation { entry, time, cause, group });
    }
    if observations.is_empty() {
        return Err(ReportError::SurvivalFile("it holds no rows below the header"));
    }
    Ok(ordered(observations, labels, group))
}

/// Numbers records as people see them in the file: the header is 1, empty lines count, a quoted line break does not.
struct RowNumbers<'a> {
    text: &'a str,
    /// Records numbered so far, the header among them, and empty lines passed.
    seen: u64,
}

impl<'a> RowNumbers<'a> {
    fn new(text: &'a str) -> Self {
        let empty = text.lines().take_while(|l| l.is_empty()).count() as u64;
        Self { text, seen: 1 + empty }
    }

    fn of(&mut self, record: &csv::StringRecord) -> u64 {
        // The reader's place is where it went on after the record before: at the empty lines, if there are any.
        let at = record.position().and_then(|p| usize::try_from(p.byte()).ok()).unwrap_or(0);
        let rest = self.text.get(at..).unwrap_or("");
        let ended = self.text.get(..at).is_some_and(|before| before.ends_with('\r')) && rest.starts_with('\n');
        let rest = if ended { rest.strip_prefix('\n').unwrap_or(rest) } else { rest };
        let empty = rest.lines().take_while(|l| l.is_empty()).count() as u64;
        self.seen += 1 + empty;
        self.seen
    }
}

/// 0 for censored, else the number of a cause; whole numbers however a program wrote them, and the words of R and Python.
fn cause(cell: &str) -> Option<u32> {
    match cell.to_ascii_lowercase().as_str() {
        "false" => Some(0),
        "true" => Some(1),
        text => text.parse::<f64>().ok().filter(|x| x.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(x)).map(|x| x as u32),
    }
}

/// Sorts the groups; one called `all` is told from the whole sample by its column's name.
fn ordered(mut observations: Vec<Observation>, mut labels: Vec<String>, column: Option<&str>) -> Sample {
    let number = |label: &str| label.parse::<f64>().ok().filter(|x| x.is_finite());
    let numeric = labels.iter().all(|l| number(l).is_some());
    let mut order: Vec<usize> = (0..labels.len()).collect();
    order.sort_by(|a, b| match (number(&labels[*a]), number(&labels[*b])) {
        (Some(x), Some(y)) if numeric => x.total_cmp(&y).then_with(|| labels[*a].cmp(&labels[*b])),
        _ => labels[*a].cmp(&labels[*b]),
    });
    let mut place = vec![0; order.len()];
    for (new, old) in order.iter().enumerate() {
        place[*old] = new;
    }
    for o in &mut observations {
        o.group = place.get(o.group).copied().unwrap_or(0);
    }
    let groups = order
        .into_iter()
        .map(|at| match std::mem::take(&mut labels[at]) {
            name if name == "all" => format!("{}=all", column.unwrap_or("group")),
            name => name,
        })
        .collect();
    Sample { observations, groups }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn header_and_cells_are_trimmed_and_groups_sorted_by_number() {
        let file = "\u{feff} time , event,arm\n 5,1, 10\n3,0,9\n2,2.0,10\n".as_bytes();
        let sample = from_csv(file, "time", "event", None, Some("arm")).unwrap();
        assert_eq!(sample.groups, ["9", "10"]);
        let seen: Vec<_> = sample.observations.iter().map(|o| (o.time, o.cause, o.group)).collect();
        assert_eq!(seen, [(5.0, 1, 1), (3.0, 0, 0), (2.0, 2, 1)]);
    }

    #[test]
    fn a_cell_that_cannot_be_is_named_by_row_and_column_and_never_quoted() {
        for (file, part) in [
            ("time,event\n1,1\nsecret,0\n", "row 3, --time"),
            ("time,event\n1,secret\n", "row 2, --event"),
            ("time,event\n-1,1\n", "row 2, --time"),
            ("time,event\n", "no rows"),
            ("zeit,event\n1,1\n", "--time"),
        ] {
            let message = from_csv(file.as_bytes(), "time", "event", None, None).unwrap_err().to_string();
            assert!(message.contains(part) && !message.contains("secret"), "{message}");
        }
        let late = from_csv(b"e,t,v\n3,3,1\n", "t", "v", Some("e"), None).unwrap_err().to_string();
        assert!(late.contains("row 2, --entry"), "{late}");
    }

    #[test]
    fn rows_are_numbered_with_empty_lines_and_without_quoted_line_breaks() {
        for (file, row) in [
            ("t,v\n1,1\n\n\nx,1\n", "row 5,"),
            ("t,v\r\n1,1\r\n\r\nx,1\r\n", "row 4,"),
            ("t,v,n\n1,1,\"a\nb\"\nx,1,c\n", "row 3,"),
            ("\nt,v\n1,1\nx,1\n", "row 4,"),
            ("t,v\n1,1\n2\n", "row 3, --event: the cell is missing"),
            ("t,v\n1,1\n,1\n", "row 3, --time: the cell is missing"),
            ("t,v\n1,1\n2,0,secret\n", "row 3, the last cell"),
        ] {
            let message = from_csv(file.as_bytes(), "t", "v", None, None).unwrap_err().to_string();
            assert!(message.contains(row) && !message.contains("secret"), "{file:?}: {message}");
        }
        let blank = from_csv(b"t,v,g\n1,1,a\n2,0,\n", "t", "v", None, Some("g")).unwrap_err().to_string();
        assert!(blank.contains("row 3, --group"), "{blank}");
        let twice = from_csv(b"t,v,t\n1,1,1\n", "t", "v", None, None).unwrap_err().to_string();
        assert!(twice.contains("same name"), "{twice}");
    }

    #[test]
    fn numbers_and_events_are_read_as_programs_write_them() {
        let file = b"t,v\n1e1,1.0\n.5,TRUE\n2.50,0.00\n3,False\n4,2.0\n5,1e0\n6,1\n";
        let sample = from_csv(file, "t", "v", None, None).unwrap();
        let seen: Vec<_> = sample.observations.iter().map(|o| (o.time, o.cause)).collect();
        assert_eq!(seen, [(10.0, 1), (0.5, 1), (2.5, 0), (3.0, 0), (4.0, 2), (5.0, 1), (6.0, 1)]);
        for bad in ["1.5", "-1", "nan", "yes", "1e99"] {
            let message = from_csv(format!("t,v\n1,{bad}\n").as_bytes(), "t", "v", None, None).unwrap_err().to_string();
            assert!(message.contains("row 2, --event"), "{bad}: {message}");
        }
    }

    #[test]
    fn labels_keep_their_spaces_and_quotes() {
        let file = "t,v,g\n1,1,\"say \"\"no\"\", twice\"\n2,0, two words \n3,1,第一组\n".as_bytes();
        let sample = from_csv(file, "t", "v", None, Some("g")).unwrap();
        assert_eq!(sample.groups, ["say \"no\", twice", "two words", "第一组"]);
        assert_eq!(serde_json::to_value(sample.analyse()).unwrap()["kaplan_meier"]["say \"no\", twice"]["n"], 1);
    }

    #[test]
    fn the_json_is_of_the_promised_shape() {
        let sample = from_csv(b"t,v,g\n1,1,a\n2,2,b\n3,0,a\n", "t", "v", None, Some("g")).unwrap();
        let json = serde_json::to_value(sample.analyse()).unwrap();
        assert_eq!(json["kaplan_meier"]["all"]["n"], 3);
        assert_eq!(json["kaplan_meier"]["a"]["events"], 1);
        assert_eq!(json["kaplan_meier"]["all"]["rows"][0]["ci_loglog"].as_array().map(Vec::len), Some(2));
        assert_eq!(json["logrank"]["df"], 1);
        assert_eq!(json["aalen_johansen"][0]["events"], serde_json::json!({"1": 1, "2": 0}));
        assert!(json["aalen_johansen"][1]["cif_se"]["2"].as_f64().is_some_and(|se| se > 0.0));
        let one = from_csv(b"t,v\n1,1\n", "t", "v", None, None).unwrap().analyse();
        let json = serde_json::to_value(one).unwrap();
        assert!(json.get("aalen_johansen").is_none() && json.get("logrank").is_none());
        assert_eq!(json["kaplan_meier"]["all"]["rows"][0]["greenwood_se"], serde_json::Value::Null);
    }
}
