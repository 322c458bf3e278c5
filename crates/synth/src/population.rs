//! Invents households of several people with realistic marginals.

use chrono::{Datelike, NaiveDate};

use crate::calendar::{Month, day, later};
use crate::citizen::{Document, Registry, Sex, opposite};
use crate::dice::Dice;
use crate::names;
use crate::person::{Assistance, Disability, FamilyPlanning, Handover, Household, Living, Move, Person, Role, Scheme};
use crate::place::{Places, Region};
use crate::prepare;
use crate::problem::Problem;

/// Shares of the five-year age bands from 60 on, after the national bulletin of 2024.
const BANDS: [(i32, u32); 9] =
    [(60, 290), (65, 235), (70, 195), (75, 130), (80, 86), (85, 44), (90, 16), (95, 3), (100, 1)];

/// One in so many men bears name and day of birth of the man before, who is somebody else; none of them has a planted
/// problem.
const NAMESAKE_EVERY: u64 = 80;
const NAMESAKE_AT: u64 = 9;

/// Makes the households of a world one after the other.
#[derive(Debug)]
pub struct Population<'a> {
    places: &'a Places,
    year: i32,
    registry: Registry,
    /// Name and day of birth of the last man.
    last_man: Option<(String, NaiveDate)>,
    people: u64,
    households: u64,
}

impl<'a> Population<'a> {
    /// An empty population.
    pub fn new(places: &'a Places, year: i32) -> Self {
        Self { places, year, registry: Registry::default(), last_man: None, people: 0, households: 0 }
    }

    /// The registry, for people who are no part of the population.
    pub const fn registry(&mut self) -> &mut Registry {
        &mut self.registry
    }

    /// How many people have been made.
    pub const fn people(&self) -> u64 {
        self.people
    }

    /// How many households have been made: the number of the next one.
    pub const fn households(&self) -> u64 {
        self.households
    }

    /// The next household, of at most `limit` people.
    pub fn household(&mut self, limit: u64, dice: &mut Dice) -> Vec<Person> {
        let county = self.places.any_county(dice);
        let hukou = self.places.village(county, dice);
        let size = u64::from(dice.weighted(&[(1_u32, 34), (2, 50), (3, 16)])).min(limit);
        let status = household_assistance(dice);
        let mut members: Vec<Person> = Vec::new();
        for _ in 0..size {
            let mut person = self.person(&members, hukou, dice);
            person.assistance = status;
            self.circumstances(&mut person, dice);
            members.push(person);
        }
        let older = members.iter().filter(|person| person.is_in_scope(self.year)).count();
        let members_60plus = u32::try_from(older).unwrap_or(0);
        let children = dice.below(3);
        let undisturbed = members.iter().any(|person| person.problem.is_some_and(Problem::is_undisturbed));
        let people = u32::try_from(size).unwrap_or(1);
        let head_id = members.first().map(|head| head.id.clone()).unwrap_or_default();
        for person in &mut members {
            person.head_id.clone_from(&head_id);
            person.household =
                Household { number: self.households, members: people + children, members_60plus, undisturbed };
        }
        self.households += 1;
        members
    }

    fn person(&mut self, others: &[Person], hukou: Region, dice: &mut Dice) -> Person {
        let problem = Problem::of(self.people);
        let role = match others.len() {
            0 => Role::Head,
            1 => Role::Spouse,
            _ => Role::Other,
        };
        let year_of_birth =
            self.year - age(self.year, others, problem.map(|problem| (problem, self.people)), role, dice);
        let sex = match others.first() {
            Some(head) if role == Role::Spouse => opposite(head.sex),
            _ if dice.mille(520) => Sex::Female,
            _ => Sex::Male,
        };
        let document = if dice.mille(1) { Document::ResidencePermit } else { Document::CitizenId };
        let mut issued = self.registry.issue(year_of_birth, sex, document);
        let mut name = names::invent(dice);
        let number = self.people;
        if number % NAMESAKE_EVERY == NAMESAKE_AT
            && sex == Sex::Male
            && let Some((other, born)) = self.last_man.take()
            && let Some(other_number) = self.registry.namesake(born)
        {
            (issued, name) = (other_number, other);
        }
        if sex == Sex::Male {
            self.last_man = Some((name.clone(), issued.born));
        }
        self.people += 1;
        Person {
            number,
            id: issued.id,
            name,
            sex,
            born: issued.born,
            role,
            head_id: String::new(),
            household: Household { number: 0, members: 1, members_60plus: 1, undisturbed: false },
            hukou,
            residence: hukou,
            rural: hukou.village_class() >= 200 || dice.mille(350),
            living: Living::WithFamily,
            level: 0,
            dementia: 0,
            merit: dice.mille(3),
            disability: None,
            family_planning: None,
            assistance: Assistance::None,
            scheme: None,
            ltci_insured: false,
            in_institution: false,
            died: None,
            moved: None,
            problem,
        }
    }

    /// Throws what happens to a person; the planted problem has its say afterwards.
    fn circumstances(&self, person: &mut Person, dice: &mut Dice) {
        let age = self.year - person.born.year();
        let old = u32::try_from((age - 60).max(0)).unwrap_or(0);
        person.living = living(old, person.rural, dice);
        person.level = level(old, dice);
        person.dementia = if dice.mille(8 + old * 3) { u8::from(dice.mille(500)) + 1 } else { 0 };
        if person.dementia == 2 {
            person.level = person.level.max(2);
        }
        if dice.mille(110 + old * 3) {
            let category = dice.weighted(&[(4, 45), (1, 16), (2, 20), (3, 3), (5, 6), (6, 6), (7, 4)]);
            let grade = dice.weighted(&[(1, 15), (2, 25), (3, 30), (4, 30)]);
            person.disability = Some(Disability { category, grade });
        }
        person.family_planning = family_planning(person.rural, dice);
        if person.assistance == Assistance::None && person.role == Role::Head && dice.mille(14) {
            let central = dice.mille(350);
            person.assistance = if central { Assistance::DestituteCentral } else { Assistance::DestituteDispersed };
        }
        person.scheme = scheme(age, person.rural, dice);
        person.ltci_insured = dice.mille(550);
        person.in_institution = dice.mille(10 + old * 2) || person.assistance == Assistance::DestituteCentral;
        if dice.mille(120) {
            let county = self.places.other_county(person.hukou.county(), dice);
            person.residence = self.places.village(county, dice);
        }
        if person.problem.is_none() {
            self.fate(person, old, dice);
        } else {
            self.prepare(person, dice);
        }
    }

    /// Death and moves of people without a planted problem.
    fn fate(&self, person: &mut Person, old: u32, dice: &mut Dice) {
        if age_is_over(person, self.year, 60) && dice.mille(7 + old * old / 12) {
            let first = day(self.year - 1, 12, 7);
            person.died = Some(later(first, dice.between(0, 389)));
        } else if dice.mille(4) {
            self.moves(person, dice);
        }
    }

    fn moves(&self, person: &mut Person, dice: &mut Dice) {
        let county = self.places.other_county(person.hukou.county(), dice);
        let to = self.places.village(county, dice);
        let month = Month::new(self.year, dice.between(3, 10));
        let handover = if dice.mille(300) { Handover::OneSharedMonth } else { Handover::Clean };
        person.moved = Some(Move { month, to, handover });
        person.residence = to;
    }

    /// Makes the circumstances fit the planted problem.
    fn prepare(&self, person: &mut Person, dice: &mut Dice) {
        use Problem as P;
        person.in_institution = false;
        person.assistance = Assistance::None;
        match person.problem {
            Some(P::DestituteWithDisabilityAllowance) => {
                person.assistance = Assistance::DestituteDispersed;
                person.disability = Some(Disability { category: 4, grade: 2 });
            }
            Some(P::InjuryCareWithDisabilityAllowance) => {
                person.scheme = Some(Scheme::Employee);
                person.disability = Some(Disability { category: 4, grade: 1 });
            }
            Some(P::TwoNursingSubsidies) => {
                person.assistance = Assistance::LowIncome;
                person.disability = Some(Disability { category: 4, grade: 2 });
                person.level = 3;
            }
            Some(P::TwoPensions | P::PensionInTwoCounties) => person.scheme = Some(Scheme::Resident),
            Some(P::PaidAfterDeath | P::DoubtfulDeath) => {
                person.died = Some(day(self.year, 1 + dice.below(9), 1 + dice.below(28)));
                person.scheme = person.scheme.or(Some(Scheme::Resident));
            }
            Some(P::Moved) => self.moves(person, dice),
            Some(
                P::InsuredCareWithHomeService
                | P::TwoServiceCategories
                | P::AllowedStack
                | P::ServiceOrders
                | P::OtherPair,
            ) => {
                let village = self.places.village(self.places.home_service_county(), dice);
                person.hukou = village;
                person.residence = village;
                person.level = 2 + u8::from(dice.mille(500));
                person.ltci_insured = true;
                if person.problem == Some(P::AllowedStack) {
                    person.living = Living::Alone;
                }
            }
            Some(P::FamilyBedInInstitution) => person.level = 3,
            Some(problem) => prepare::prepare(person, problem, self.places, self.year, dice),
            None => {}
        }
    }
}

fn age_is_over(person: &Person, year: i32, years: i32) -> bool {
    person.is_aged(years + 1, Month::new(year, 12))
}

fn age(year: i32, others: &[Person], problem: Option<(Problem, u64)>, role: Role, dice: &mut Dice) -> i32 {
    if let Some((problem, number)) = problem {
        let (youngest, oldest) = problem.ages(number);
        return dice.between(youngest, oldest) + 1;
    }
    let band = dice.weighted(&BANDS);
    let span = if band == 100 { 5 } else { 4 };
    let free = band + dice.between(0, span);
    match (role, others.first()) {
        (Role::Head, _) if dice.mille(30) => dice.between(50, 59),
        (Role::Spouse, Some(head)) => {
            let head_age = year - head.born.year();
            let near = (head_age + dice.between(-4, 4)).clamp(55, 103);
            if dice.mille(900) { near } else { free }
        }
        (Role::Other, _) if dice.mille(150) => dice.between(50, 59),
        (Role::Other, _) if dice.mille(350) => dice.between(80, 98),
        _ => free,
    }
}

fn household_assistance(dice: &mut Dice) -> Assistance {
    match dice.below(1000) {
        0..70 => Assistance::LowIncome,
        70..95 => Assistance::Edge,
        _ => Assistance::None,
    }
}

fn living(old: u32, rural: bool, dice: &mut Dice) -> Living {
    match dice.below(1000) {
        x if x < 100 + old * 4 => Living::Alone,
        x if x < 480 => Living::EmptyNest,
        x if x < 560 && rural => Living::LeftBehind,
        _ => Living::WithFamily,
    }
}

fn level(old: u32, dice: &mut Dice) -> u8 {
    let share = 45 + old * old / 3;
    if dice.mille(share.min(700)) { dice.weighted(&[(1, 50), (2, 25), (3, 15), (4, 10)]) } else { 0 }
}

fn family_planning(rural: bool, dice: &mut Dice) -> Option<FamilyPlanning> {
    match dice.below(1000) {
        0..12 => Some(FamilyPlanning::Death),
        12..20 => Some(FamilyPlanning::Disability),
        20..90 if rural => Some(FamilyPlanning::Reward),
        _ => None,
    }
}

fn scheme(age: i32, rural: bool, dice: &mut Dice) -> Option<Scheme> {
    let employee = if rural { 250 } else { 640 };
    match dice.below(1000) {
        x if x < employee => (age >= 60 || dice.mille(600)).then_some(Scheme::Employee),
        0..965 => (age >= 60).then_some(Scheme::Resident),
        _ => None,
    }
}
