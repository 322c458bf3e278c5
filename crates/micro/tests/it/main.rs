//! Micro data as whoever asks meets them: what is counted and answered, and what an attacker learns.

#[cfg(test)]
mod attack_budget;
#[cfg(test)]
mod attack_budget_of_months;
#[cfg(test)]
mod counts;
#[cfg(test)]
mod world;
