//! Tests of reading dates.

use super::*;

fn day(y: i32, m: u32, d: u32) -> DateRead {
    DateRead::Day(NaiveDate::from_ymd_opt(y, m, d).unwrap())
}

fn read_text(text: &str) -> DateRead {
    super::text(text, Order::Unknown, NaiveDate::from_ymd_opt(2025, 12, 31).unwrap())
}

#[test]
fn a_day_is_read_in_every_form_staff_write_it() {
    for text in [
        "2025-04-12",
        "2025/4/12",
        "2025.4.12",
        "2025．04．12",
        "20250412",
        "2025年4月12日",
        "2025年04月12日",
        "2025年4月12",
        "2025 年 4 月 12 日",
        "2025年4月12号",
        "2025-04-12 00:00:00",
        "2025-04-12T08:30:00",
        "2025/4/12 9:30",
        "2025年4月12日 上午9:30",
        "2025-4-12（周六）",
        "2025年4月12日星期六",
        "2025年4月12日9时30分",
        "2025年4月12日 9点整",
        "２０２５－０４－１２",
        "２０２５年４月１２日",
        "二〇二五年四月十二日",
        "二零二五年四月十二日",
        "25.4.12",
        "25年4月12日",
        "2025、4、12",
        "2025.4.12.",
        "12-Apr-25",
        "12-Apr-2025",
        "April 12, 2025",
        "45759",
        "45759.5",
        "20250412.0",
        "'2025-04-12",
        "\u{200b}2025-04-12\u{a0}",
        "2025--04--12",
        "2025\\4\\12",
    ] {
        assert_eq!(read_text(text), day(2025, 4, 12), "{text}");
    }
    assert_eq!(read_text("二〇二四年十一月二十日"), day(2024, 11, 20));
    assert_eq!(read_text("85.3.2"), day(1985, 3, 2));
    assert_eq!(read_text("28/4/2025"), day(2025, 4, 28));
    assert_eq!(read_text("4/28/2025"), day(2025, 4, 28));
    assert_eq!(super::text("4/5/2025", Order::MonthFirst, NaiveDate::MAX), day(2025, 4, 5));
}

#[test]
fn what_is_no_day_is_told_and_not_guessed() {
    for text in [
        "不详",
        "去年",
        "6月22日",
        "12月13日",
        "2022-13-17",
        "2023-02-30",
        "2O14-09-16",
        "记不清",
        "4/5/2025",
        "民国114年4月12日",
        "农历三月初五",
        "2025.4.12-4.15",
        "2025年4月12日、13日",
        "2025年3、4月",
        "abc",
        "13800138000",
        "240412",
    ] {
        assert_eq!(read_text(text), DateRead::Unreadable, "{text}");
    }
    assert_eq!(read_text("2025.3"), DateRead::Month(2025, 3));
    assert_eq!(read_text("2025年3月"), DateRead::Month(2025, 3));
    assert_eq!(read_text("202503"), DateRead::Month(2025, 3));
    assert_eq!(read_text("2014年"), DateRead::Year(2014));
    assert_eq!(read_text("2014"), DateRead::Year(2014));
    for text in ["", "/", "-", "无", "首次", "从未献血", " \u{3000}"] {
        assert_eq!(read_text(text), DateRead::Blank, "{text}");
    }
}

#[test]
fn numbers_are_serials_or_written_days() {
    let read = |n: f64| read(&Cell::number(n), Order::Unknown, NaiveDate::MAX);
    assert_eq!(read(45_759.0), day(2025, 4, 12));
    assert_eq!(read(45_759.67), day(2025, 4, 12));
    assert_eq!(read(20_250_412.0), day(2025, 4, 12));
    assert_eq!(read(2014.0), DateRead::Year(2014));
    assert_eq!(read(2019.11), DateRead::Unreadable);
    assert_eq!(read(-5.0), DateRead::Unreadable);
    assert_eq!(read(f64::NAN), DateRead::Unreadable);
    assert_eq!(of_serial(60.0), NaiveDate::from_ymd_opt(1900, 2, 28));
}

#[test]
fn a_column_tells_its_own_order() {
    let cells = ["4/12/2025", "4/28/2025"].map(Cell::text);
    assert_eq!(order_of(cells.iter()), Order::MonthFirst);
    let cells = ["4/28/2025", "28/4/2025"].map(Cell::text);
    assert_eq!(order_of(cells.iter()), Order::Unknown);
}
