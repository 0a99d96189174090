//! What may be typed after `link`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

#[derive(Debug, Subcommand)]
pub enum Link {
    /// Find the people that one file holds more than once.
    Dedupe(Dedupe),
    /// Find the people that two files share.
    Pair(Pair),
    /// Measure what the engine decides against a column that knows the truth.
    Evaluate(Evaluate),
}

/// What both commands are told.
#[derive(Debug, Args)]
pub struct Common {
    /// What the columns are: a TOML file with a [columns] table of column = "meaning".
    #[arg(long, value_name = "S.toml")]
    pub schema: PathBuf,
    /// The probability from which a pair is called the same, 0 to 1 (default: the engine's own).
    #[arg(long, value_name = "P", value_parser = probability)]
    pub threshold: Option<f64>,
}

/// How pairs are explained.
#[derive(Debug, Args)]
pub struct Explain {
    /// Explain the N pairs that were hardest to decide, weight by weight.
    #[arg(long, value_name = "N")]
    pub explain: Option<usize>,
    /// Write the explanation as a page with a chart for each pair, instead of printing it. Explains 20 pairs where --explain is not given.
    #[arg(long, value_name = "OUT.html")]
    pub explain_html: Option<PathBuf>,
    /// The page in English instead of Chinese.
    #[arg(long)]
    pub english: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "The schema says only what each column is; prior, weights and cut are estimated from the file:

  [columns]
  id = \"unique_id\"
  name = \"full_name\"
  born = \"date_of_birth\"
  \"手机\" = \"phone\"            # names in other than Latin letters stand in quotes

Meanings: unique_id, full_name, surname, given_name, date_of_birth or birth_year + birth_month + birth_day, sex, national_id,
identifier, phone, email, address, street_number, postcode, locality, region, occupation, birth_place, other.

Examples:
  donor-registry link dedupe people.csv --schema people.toml --pairs pairs.csv --clusters clusters.csv
  donor-registry link dedupe 名册.csv --schema 名册.toml --pairs pairs.csv --explain-html why.html")]
pub struct Dedupe {
    /// The file (CSV with a header; UTF-8, or as offices save it).
    #[arg(value_name = "FILE.csv")]
    pub file: PathBuf,
    #[command(flatten)]
    pub common: Common,
    /// Write the pairs called same or review: unique_id_l,unique_id_r,match_probability,match_weight,decision.
    #[arg(long, value_name = "OUT.csv")]
    pub pairs: PathBuf,
    /// Write which rows are one person: unique_id,cluster_id.
    #[arg(long, value_name = "OUT.csv")]
    pub clusters: Option<PathBuf>,
    #[command(flatten)]
    pub explain: Explain,
}

#[derive(Debug, Args)]
#[command(after_help = "Both files have the columns the schema names. See `link dedupe --help` for the meanings.

Examples:
  donor-registry link pair ours.csv theirs.csv --schema people.toml --pairs pairs.csv
  donor-registry link pair ours.csv theirs.csv --schema people.toml --pairs pairs.csv --one-to-one --json")]
pub struct Pair {
    /// One file.
    #[arg(value_name = "LEFT.csv")]
    pub left: PathBuf,
    /// The other.
    #[arg(value_name = "RIGHT.csv")]
    pub right: PathBuf,
    #[command(flatten)]
    pub common: Common,
    /// Write the pairs called same or review: unique_id_l (of LEFT), unique_id_r (of RIGHT), match_probability, match_weight, decision.
    #[arg(long, value_name = "OUT.csv")]
    pub pairs: PathBuf,
    /// Neither file holds a person twice: every row has at most one partner.
    #[arg(long)]
    pub one_to_one: bool,
    #[command(flatten)]
    pub explain: Explain,
}

#[derive(Debug, Args)]
#[command(after_help = "Rows with the same text in the truth column are one person; rows with none there are nobody else's.
The truth is looked at after the engine has decided, never before.

Examples:
  donor-registry link evaluate people.csv --schema people.toml --truth person
  donor-registry link evaluate ours.csv theirs.csv --schema people.toml --truth person --one-to-one --json")]
pub struct Evaluate {
    /// The file.
    #[arg(value_name = "FILE.csv")]
    pub file: PathBuf,
    /// A second file, to measure the pairs between the two.
    #[arg(value_name = "RIGHT.csv")]
    pub right: Option<PathBuf>,
    #[command(flatten)]
    pub common: Common,
    /// The column that tells who is who.
    #[arg(long, value_name = "COLUMN")]
    pub truth: String,
    /// Neither file holds a person twice.
    #[arg(long, requires = "right")]
    pub one_to_one: bool,
    /// Say also what weights learned from the truth reach on the same comparisons and pairs.
    #[arg(long)]
    pub bound: bool,
}

fn probability(text: &str) -> Result<f64, String> {
    match text.trim().parse::<f64>() {
        Ok(p) if (0.0..=1.0).contains(&p) => Ok(p),
        _ => Err("a probability from 0 to 1".to_owned()),
    }
}
