//! Invented people: everything about one follows from a number.

/// Somebody who does not exist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invented {
    pub name: String,
    /// Eleven digits; no two numbers share one.
    pub phone: String,
    /// Eighteen digits with the check digit of GB 11643; no two numbers below 10^6 share one.
    pub document: String,
    /// `YYYY-MM-DD`, as in the document.
    pub birth: String,
    pub mail: String,
}

const SURNAMES: [&str; 20] =
    ["王", "李", "张", "刘", "陈", "杨", "黄", "赵", "周", "吴", "徐", "孙", "马", "朱", "胡", "郭", "何", "林", "高", "罗"];
const GIVEN: &str = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂英华文辉玲红建国春梅海燕志雪晨宇浩然欣怡嘉博思远雨泽子涵梓萱";

impl Invented {
    pub fn of(number: u64) -> Self {
        // Neighbouring numbers share nothing: spread them first (Knuth, 6.4).
        let spread = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let given: Vec<char> = GIVEN.chars().collect();
        let pick = |shift: u32, count: usize| usize::try_from(spread >> shift).expect("64 bits") % count;
        let name = format!("{}{}{}", SURNAMES[pick(40, SURNAMES.len())], given[pick(20, given.len())], given[pick(30, given.len())]);
        let birth = (1985 + spread % 15, 1 + (spread >> 8) % 12, 1 + (spread >> 16) % 28);
        // The person's own six digits go into the order code and, over the district, into the region.
        let first17 = format!(
            "{:06}{:04}{:02}{:02}{:03}",
            510_100 + number / 1000 % 1000 % 80 + number / 80_000 % 10 * 1000,
            birth.0,
            birth.1,
            birth.2,
            number % 1000
        );
        Self {
            name,
            phone: format!("139{:08}", (number * 7_654_321 + 1234) % 100_000_000),
            document: format!("{first17}{}", check_digit(&first17)),
            birth: format!("{:04}-{:02}-{:02}", birth.0, birth.1, birth.2),
            mail: format!("p{number}@example.org"),
        }
    }
}

/// The eighteenth character of an identity number (GB 11643-1999, ISO 7064 MOD 11-2).
pub fn check_digit(first17: &str) -> char {
    let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = first17.chars().zip(weights).map(|(c, w)| c.to_digit(10).expect("digits only") * w).sum();
    "10X98765432".chars().nth((sum % 11) as usize).expect("a remainder of 11")
}

#[test]
fn invented_people_share_no_number_and_pass_the_program_s_own_parsers() {
    use donor_registry::domain::national_id::NationalId;
    use donor_registry::domain::{name::PersonName, phone::Phone};
    use std::collections::BTreeSet;
    let people: Vec<Invented> = (1..20_000).map(Invented::of).collect();
    assert_eq!(people.iter().map(|p| &p.phone).collect::<BTreeSet<_>>().len(), people.len());
    assert_eq!(people.iter().map(|p| &p.document).collect::<BTreeSet<_>>().len(), people.len());
    for p in people.iter().step_by(97) {
        assert!(PersonName::parse(&p.name).is_ok() && Phone::parse(&p.phone).is_ok() && NationalId::parse(&p.document).is_ok(), "{p:?}");
    }
    assert_eq!(check_digit("11010519491231002"), 'X', "the example of GB 11643");
}
