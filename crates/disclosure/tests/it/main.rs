//! Worked cases, invented worlds and an attacker of its own, against the public interface alone.

#[cfg(test)]
mod attacker;
#[cfg(test)]
mod optimum;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod random;
#[cfg(test)]
mod worked;
#[cfg(test)]
mod world;
