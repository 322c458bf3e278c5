//! Worked cases: what is published, the secret that follows from it, and the release that keeps it.

use yilian_disclosure::{
    CellId, Contribution, DisclosureError, Dominance, Fate, Guard, Onlooker, Pattern, System, SystemBuilder, Threshold,
    VariableId, audit, suppress,
};

const OPEN: Fate = Fate::Open { cost: 1 };
const RULES: Dominance = Dominance { operators: 3, largest: 1, percent_of_total: 80, percent_of_largest: 10 };

struct Case {
    builder: SystemBuilder,
}

impl Case {
    fn new() -> Self {
        Self { builder: System::builder() }
    }

    fn people(&mut self, name: &str, value: i64, fate: Fate) -> VariableId {
        let cell = self.builder.cell(name, fate);
        self.builder.variable(cell, value, people())
    }

    fn amount(&mut self, name: &str, of: &[(u32, i64)]) -> VariableId {
        let cell = self.builder.cell(name, OPEN);
        let contributions: Vec<Contribution> =
            of.iter().map(|(operator, amount)| Contribution { operator: *operator, amount: *amount }).collect();
        let value = contributions.iter().map(|one| one.amount).sum();
        self.builder.variable(cell, value, Guard::Operators { contributions, dominance: RULES })
    }

    fn sum(&mut self, whole: VariableId, parts: &[VariableId]) {
        let terms: Vec<_> = parts.iter().map(|part| (1, *part)).chain([(-1, whole)]).collect();
        self.builder.equation(&terms, 0);
    }

    fn build(self) -> System {
        self.builder.build().unwrap()
    }
}

fn people() -> Guard {
    Guard::People(Threshold::of_people(5).unwrap())
}

/// The pattern computes the secret from a position, and suppression ends that everywhere.
fn leaks_and_is_closed(system: &System, pattern: &Pattern, secret: (VariableId, i64), who: &str) {
    let naive = audit(system, pattern);
    let found = naive.exposed().iter().find(|one| one.variable == secret.0 && one.onlooker.name(system) == who);
    let found = found.unwrap_or_else(|| panic!("{who} does not compute it: {naive:?}"));
    assert_eq!((found.low, found.high), (secret.1, Some(secret.1)));
    is_closed(system);
}

fn is_closed(system: &System) {
    let protection = suppress(system).unwrap();
    assert!(protection.audit().is_clean());
    assert!(audit(system, protection.pattern()).is_clean());
}

#[test]
fn a_margin_leaks_the_one_suppressed_cell_of_its_row() {
    // Published: 23, *, 15, total 40.
    let mut case = Case::new();
    let parts = [23, 2, 15].map(|value| case.people(&format!("of {value}"), value, OPEN));
    let total = case.people("total", 40, Fate::Fixed);
    case.sum(total, &parts);
    let system = case.build();
    leaks_and_is_closed(&system, &system.primary(), (parts[1], 40 - 23 - 15), "public");
}

#[test]
fn tables_protected_one_after_another_leak_through_what_they_share() {
    // By township: 3 and 30 are suppressed, 27 and the total 60 are not. By sex, the second township is 18 and 12.
    let mut case = Case::new();
    let towns = [3, 30, 27].map(|value| case.people(&format!("township of {value}"), value, OPEN));
    let total = case.people("county", 60, Fate::Fixed);
    case.sum(total, &towns);
    let sexes = [18, 12].map(|value| case.people(&format!("sex of {value}"), value, OPEN));
    case.sum(towns[1], &sexes);
    let system = case.build();
    let mut apart = system.primary();
    apart.suppress(system.cell_of(towns[1]));
    leaks_and_is_closed(&system, &apart, (towns[0], 60 - 27 - (18 + 12)), "public");
}

#[test]
fn three_single_people_in_a_row_are_three_single_people() {
    // Published: *, *, *, 20, total 23: each suppressed cell holds somebody, so each holds one.
    let mut case = Case::new();
    let parts = [1, 1, 1, 20].map(|value| case.people("age band", value, OPEN));
    let total = case.people("total", 23, Fate::Fixed);
    case.sum(total, &parts);
    let system = case.build();
    leaks_and_is_closed(&system, &system.primary(), (parts[1], 1), "public");
}

#[test]
fn somebody_who_is_alone_in_a_cell_knows_more_than_the_public() {
    // Published: *, *, *, 20, total 29. To the public each of the three is 1 to 7. Whoever is the 1 knows that the
    // others are 8 together, neither above 4 as far as the other is asked for: 4 to 7.
    let mut case = Case::new();
    let parts = [1, 4, 4, 20].map(|value| case.people("age band", value, OPEN));
    let total = case.people("total", 29, Fate::Fixed);
    case.sum(total, &parts);
    let system = case.build();
    let naive = audit(&system, &system.primary());
    assert_eq!(naive.failing(&system), ["contributor"]);
    let found = naive.exposed().iter().map(|one| (one.onlooker, one.variable, one.low, one.high));
    let alone = Onlooker::Contributor(parts[0]);
    assert!(found.eq([(alone, parts[1], 4, Some(7)), (alone, parts[2], 4, Some(7))]));
    is_closed(&system);
}

#[test]
fn an_operator_who_stands_in_two_of_three_suppressed_cells_computes_the_third() {
    // Three homes of three sizes; operator 1 runs two of them. Income 500, 400 and 300; total 2,000 with 800 more.
    let mut case = Case::new();
    let parts = [
        case.amount("small", &[(1, 500)]),
        case.amount("middle", &[(1, 400)]),
        case.amount("large", &[(2, 300)]),
        case.amount("public", &[(3, 300), (4, 250), (5, 250)]),
        case.amount("other", &[(3, 200), (4, 250), (5, 250)]),
    ];
    let total = case.amount("total", &[(1, 900), (2, 300), (3, 500), (4, 500), (5, 500)]);
    case.sum(total, &parts);
    let system = case.build();
    leaks_and_is_closed(&system, &system.primary(), (parts[2], 300), "contributor");
}

#[test]
fn suppressed_cells_with_a_known_sum_are_one_cell_that_can_be_dominated() {
    // Operator 1 has 90 of 100 and 85 of 100; the sum of both, 200, follows from the total.
    let mut case = Case::new();
    let parts = [
        case.amount("first", &[(1, 90), (2, 5), (3, 5)]),
        case.amount("second", &[(1, 85), (2, 5), (4, 10)]),
        case.amount("third", &[(2, 100), (3, 100), (4, 100)]),
        case.amount("fourth", &[(2, 40), (3, 40), (4, 40)]),
    ];
    let total = case.amount("total", &[(1, 175), (2, 150), (3, 145), (4, 150)]);
    case.sum(total, &parts);
    let system = case.build();
    let naive = audit(&system, &system.primary());
    let first_two: Vec<CellId> = parts[..2].iter().map(|part| system.cell_of(*part)).collect();
    assert_eq!(naive.dominated(), [first_two]);
    is_closed(&system);
}

#[test]
fn the_n_of_a_title_gives_the_complement() {
    // 「按月走访情况（N=37）」: 20 by telephone, 14 at home, and not visited is suppressed.
    let mut case = Case::new();
    let channels = [20, 14, 3].map(|value| case.people("channel", value, OPEN));
    let terms = channels.map(|channel| (1, channel));
    case.builder.equation(&terms, 37);
    let system = case.build();
    leaks_and_is_closed(&system, &system.primary(), (channels[2], 37 - 20 - 14), "public");
}

#[test]
fn an_amount_of_a_flat_rate_counts_people() {
    // 12 townships' worth: amount 300 yuan at 100 yuan a month, for people in December, published in another table.
    let mut case = Case::new();
    let town = case.people("recipients of a township", 3, OPEN);
    let cell = case.builder.cell("amount of a township", OPEN);
    let amount = case.builder.variable(cell, 30_000, Guard::None);
    case.builder.equation(&[(10_000, town), (-1, amount)], 0);
    let rest = case.people("recipients elsewhere", 40, OPEN);
    let total = case.people("recipients of the county", 43, Fate::Fixed);
    case.sum(total, &[town, rest]);
    let system = case.build();
    let mut pattern = system.primary();
    pattern.suppress(system.cell_of(rest));
    leaks_and_is_closed(&system, &pattern, (town, 30_000 / 10_000), "public");
}

#[test]
fn months_can_move_where_one_person_more_makes_room_for_them() {
    // 5 people had 59 of at most 12 × 5 months; 5% more money is 3 months more, which only a sixth person can have had.
    let mut case = Case::new();
    let ten = || Guard::People(Threshold::of_people(10).unwrap());
    let mut towns = Vec::new();
    for (name, all, months) in [("a", 5, 59), ("b", 30, 330)] {
        let cell = case.builder.cell(name, OPEN);
        let all = case.builder.variable(cell, all, ten());
        let months_of = case.builder.variable(cell, months, Guard::None);
        let amount = case.builder.variable(cell, months * 10_000, Guard::Companion { percent: 5 });
        case.builder.equation(&[(10_000, months_of), (-1, amount)], 0);
        case.builder.at_most(&[(1, all), (-1, months_of)], 0);
        case.builder.at_most(&[(1, months_of), (-12, all)], 0);
        towns.push([all, months_of]);
    }
    let county = case.builder.cell("county", Fate::Fixed);
    for (measure, value) in [35, 389].into_iter().enumerate() {
        let whole = case.builder.variable(county, value, Guard::None);
        case.sum(whole, &[towns[0][measure], towns[1][measure]]);
    }
    let protection = suppress(&case.build()).unwrap();
    let audit = protection.audit();
    assert_eq!((audit.values(), audit.lowered(), audit.counts().programs), (2, 0, 0));
}

#[test]
fn a_part_of_nearly_everybody_says_who_is_missing() {
    // 37 registered, 36 visited: one was not. The county's 100 and 90 are published.
    let mut case = Case::new();
    let mut towns = Vec::new();
    for (name, all, visited) in [("a", 37, 36), ("b", 63, 54)] {
        let cell = case.builder.cell(name, OPEN);
        let of = [all, visited, all - visited].map(|value| case.builder.variable(cell, value, people()));
        case.sum(of[0], &of[1..]);
        towns.push(of);
    }
    let county = case.builder.cell("county", Fate::Fixed);
    let of = [100, 90, 10].map(|value| case.builder.variable(county, value, people()));
    case.sum(of[0], &of[1..]);
    for measure in 0..3 {
        case.sum(of[measure], &[towns[0][measure], towns[1][measure]]);
    }
    let system = case.build();
    assert!(system.primary().is_suppressed(system.cell_of(towns[0][0])));
    leaks_and_is_closed(&system, &system.primary(), (towns[0][2], 10 - 9), "public");
}

#[test]
fn two_versions_differ_by_the_people_who_were_added() {
    // First 40, then 42, nobody left: two came. The township was 25 in both.
    let mut case = Case::new();
    let [old, old_town] = [40, 25].map(|value| case.people("first version", value, Fate::Out));
    let [new, new_town] = [42, 25].map(|value| case.people("second version", value, OPEN));
    let added = case.people("added", 2, Fate::Never);
    case.builder.equation(&[(1, old), (1, added), (-1, new)], 0);
    case.builder.equation(&[(1, old_town), (-1, new_town)], 0);
    let system = case.build();
    leaks_and_is_closed(&system, &system.primary(), (added, 42 - 40), "public");
}

#[test]
fn months_and_the_year_differ_by_one_month() {
    // Turned 60 in each month, and 96 in the year; the December of 3 is suppressed in the monthly table alone.
    let mut case = Case::new();
    let months: Vec<VariableId> =
        [9, 8, 7, 9, 8, 10, 9, 8, 9, 8, 8, 3].iter().map(|value| case.people("month", *value, OPEN)).collect();
    let year = case.people("year", 96, Fate::Fixed);
    case.sum(year, &months);
    let system = case.build();
    leaks_and_is_closed(&system, &system.primary(), (months[11], 96 - 93), "public");
}

#[test]
fn a_department_subtracts_from_its_own_roll() {
    // Of a roll of 9, 3 are on the other roll too and 6 are not; 30 more cannot be told. Roll and both first parts
    // are suppressed: the public cannot tell, the owner of the roll can.
    let mut case = Case::new();
    let [both, alone, untold] = [("both", 3), ("alone", 6), ("untold", 30)].map(|(name, n)| case.people(name, n, OPEN));
    let roll = case.people("roll", 39, OPEN);
    case.sum(roll, &[both, alone, untold]);
    let other_roll = case.people("other roll", 50, Fate::Fixed);
    let rest = case.people("rest of the other roll", 47, OPEN);
    case.sum(other_roll, &[both, rest]);
    let health = case.builder.position("health");
    for known in [roll, alone] {
        case.builder.known_to(health, known);
    }
    let system = case.build();
    let mut pattern = system.primary();
    for extra in [roll, rest] {
        pattern.suppress(system.cell_of(extra));
    }
    let naive = audit(&system, &pattern);
    assert_eq!(naive.failing(&system), ["health"]);
    leaks_and_is_closed(&system, &pattern, (both, 39 - 6 - 30), "health");
}

#[test]
fn everybody_in_a_sensitive_class_is_suppressed_though_the_class_is_large() {
    // 12 assessed, 12 disabled, nobody outside of the class.
    let mut case = Case::new();
    let towns = [(12, 12), (40, 22), (35, 20)];
    let mut rows = Vec::new();
    for (all, disabled) in towns {
        let cell = case.builder.cell("township", OPEN);
        let all_of = case.builder.variable(cell, all, people());
        let in_class = case.builder.variable(cell, disabled, people());
        let five = Threshold::of_people(5).unwrap();
        let outside = case.builder.variable(cell, all - disabled, Guard::Outside(five));
        case.sum(all_of, &[in_class, outside]);
        rows.push([all_of, in_class, outside]);
    }
    let county = case.builder.cell("county", Fate::Fixed);
    for (measure, value) in [87, 54, 33].into_iter().enumerate() {
        let total = case.builder.variable(county, value, Guard::None);
        let parts: Vec<VariableId> = rows.iter().map(|row| row[measure]).collect();
        case.sum(total, &parts);
    }
    let system = case.build();
    leaks_and_is_closed(&system, &system.primary(), (rows[0][2], 0), "public");
}

#[test]
fn what_cannot_be_protected_is_named() {
    let mut case = Case::new();
    let small = case.people("the small one", 2, OPEN);
    let large = case.people("the large one", 38, Fate::Fixed);
    let total = case.people("total", 40, Fate::Fixed);
    case.sum(total, &[small, large]);
    let error = suppress(&case.build()).unwrap_err();
    let expected =
        DisclosureError::Unprotectable { position: "public".to_owned(), cells: vec!["the small one".to_owned()] };
    assert_eq!(error, expected);
}

#[test]
fn a_cell_that_was_suppressed_is_published_only_where_nothing_needs_it() {
    let mut case = Case::new();
    let parts = [(2, OPEN), (30, Fate::SuppressedBefore { cost: 1 }), (40, OPEN)];
    let parts = parts.map(|(value, fate)| case.people("part", value, fate));
    let total = case.people("total", 72, Fate::Fixed);
    case.sum(total, &parts);
    let elsewhere = case.people("elsewhere", 50, Fate::SuppressedBefore { cost: 1 });
    let all = case.people("all", 122, Fate::Fixed);
    case.sum(all, &[total, elsewhere]);
    let system = case.build();
    let protection = suppress(&system).unwrap();
    assert_eq!(protection.secondary(), [system.cell_of(parts[1])]);
}
