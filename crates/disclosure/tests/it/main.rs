//! Worked cases, invented worlds and an attacker of its own, against the public interface alone.

mod attacker;
mod optimum;
mod properties;
mod random;
mod worked;
mod world;
