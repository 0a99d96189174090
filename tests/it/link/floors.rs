//! The engine on labelled sets, at its own cut, from a schema that says only what each column is. Other sets of the same kind must do as
//! well: nothing in the engine may know these.

use std::path::{Path, PathBuf};

use donor_registry::matching::linkage::engine::{Options, Schema, Table, inspect};
use donor_registry::matching::linkage::evaluate::{Evaluation, Truth, TruthReader, evaluate};

fn folder() -> PathBuf {
    let data = std::env::var_os("DONOR_REGISTRY_TEST_DATA").expect("DONOR_REGISTRY_TEST_DATA names the folder of the shared data");
    PathBuf::from(data).join("linkage")
}

const FEBRL: &str = "rec_id=unique_id given_name=given_name surname=surname street_number=street_number address_1=address \
    address_2=address suburb=locality postcode=postcode state=region date_of_birth=date_of_birth soc_sec_id=identifier";
const RL: &str = "row=unique_id fname_c1=given_name fname_c2=given_name lname_c1=surname lname_c2=surname by=birth_year \
    bm=birth_month bd=birth_day";
const FAKE: &str = "unique_id=unique_id first_name=given_name surname=surname dob=date_of_birth city=locality email=email";
const CN: &str =
    "unique_id=unique_id name=full_name gender=sex dob=date_of_birth phone=phone county=locality id_no=national_id email=email";

fn schema(columns: &str) -> Schema {
    let lines: String = columns.split_whitespace().map(|c| c.replace('=', " = \"") + "\"\n").collect();
    Schema::from_toml(&format!("[columns]\n{lines}")).unwrap()
}

fn measure(file: &Path, schema: &Schema, truth: Option<&str>) -> Evaluation {
    let csv = std::fs::read(file).unwrap();
    let table = Table::read(&csv, schema).unwrap();
    let who: Vec<u32> = match truth {
        Some(column) => {
            let of_file = TruthReader::default().read(&csv, column).unwrap();
            (0..table.len()).map(|row| of_file[table.place(row)]).collect()
        }
        // FEBRL: `rec-N-org` and `rec-N-dup-M` are one person.
        None => (0..table.len()).map(|row| table.id(row).split('-').nth(1).unwrap().parse().unwrap()).collect(),
    };
    let run = inspect(&table, None, Options::default(), &|_, _| {}).unwrap();
    evaluate(&run, &Truth::new(who, None))
}

/// What is below a floor, or not calibrated, in words.
fn flaws(name: &str, e: &Evaluation, pairs: f64, decided: f64) -> Vec<String> {
    println!(
        "{name}: pairs {:.5} (best {:.5}), decided {:.5} (best {:.5}), expected {:.1} of {}, precision {:.4} (expected {:.4}), unreached {:.4} (expected {:.4}), given up {:.4}",
        e.pairs.score.f1,
        e.best_pairs.score.f1,
        e.decided.score.f1,
        e.best_decided.score.f1,
        e.expected_matches,
        e.true_matches,
        e.decided.score.precision,
        e.expected_precision,
        e.unreached,
        e.expected_unreached,
        e.given_up
    );
    let mut out = Vec::new();
    let mut ask = |right: bool, what: String| {
        if !right {
            out.push(format!("{name}: {what}"));
        }
    };
    ask(e.pairs.score.f1 >= pairs, format!("pairs {:.5} < {pairs}", e.pairs.score.f1));
    ask(e.decided.score.f1 >= decided, format!("decided {:.5} < {decided}", e.decided.score.f1));
    ask(e.best_decided.score.f1 - e.decided.score.f1 <= 0.005, format!("best cut {:.5}", e.best_decided.score.f1));
    let estimate = e.expected_matches / e.true_matches as f64;
    ask((estimate - 1.0).abs() <= 0.05, format!("expected {:.1} of {}", e.expected_matches, e.true_matches));
    let (p, n) = (e.decided.score.precision, e.decided.score.called as f64);
    let allowed = f64::max(0.01, f64::max(2.0 * (p * (1.0 - p) / n).sqrt(), 1.5 / n));
    ask((e.expected_precision - p).abs() <= allowed, format!("precision {p:.4}, expected {:.4}", e.expected_precision));
    out
}

#[test]
#[ignore = "needs the shared data: DONOR_REGISTRY_TEST_DATA"]
fn labelled_sets_are_linked_at_the_engines_own_cut() {
    let folder = folder();
    let febrl = |n: u32, columns: &str| measure(&folder.join(format!("febrl/dataset{n}.csv")), &schema(columns), None);
    let without_number = FEBRL.replace("soc_sec_id=identifier", "");
    let rl = |n: u32| measure(&folder.join(format!("RLdata/RLdata{n}.csv")), &schema(RL), Some("identity"));
    let mut found = Vec::new();
    for n in 1..=3 {
        found.extend(flaws(&format!("febrl{n}"), &febrl(n, FEBRL), 0.0, 0.9998));
    }
    found.extend(flaws("febrl3 without number", &febrl(3, &without_number), 0.999, 0.9995));
    found.extend(flaws("RLdata500", &rl(500), 0.0, 0.98));
    found.extend(flaws("RLdata10000", &rl(10_000), 0.0, 0.972));
    let fake = measure(&folder.join("splink_datasets/data/fake_1000.csv"), &schema(FAKE), Some("cluster"));
    found.extend(flaws("fake_1000", &fake, 0.0, 0.95));
    let cn = measure(&folder.join("cn_20k.csv"), &schema(CN), Some("cluster"));
    found.extend(flaws("cn_20k", &cn, 0.9945, 0.998));
    assert!(found.is_empty(), "{}", found.join("\n"));
}
