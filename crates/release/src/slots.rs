use crate::definition::{Measure, TableDefinition, Unit};

/// The values of each point of a table: its counted measures in order, then the rest of each that is part of another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Slots {
    slots: Vec<Slot>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Slot {
    /// Index among the definition's measures; for a rest, of the part.
    pub(crate) measure: usize,
    pub(crate) unit: Unit,
    /// For a rest, the slots of part and whole.
    pub(crate) rest: Option<(usize, usize)>,
    /// The first slot that shares its fate.
    pub(crate) group: usize,
}

impl Slots {
    pub(crate) fn new(definition: &TableDefinition) -> Self {
        let measures = definition.measures.iter().enumerate();
        let counted: Vec<(usize, &Measure)> = measures.filter(|(_, measure)| measure.ratio.is_none()).collect();
        let slot_of = |name: &str| counted.iter().position(|(_, measure)| measure.name == name);
        let group = |unit: Unit| {
            // What stands in a public register is published whatever becomes of the money and the people beside it.
            counted.iter().position(|(_, other)| other.unit.is_public() == unit.is_public()).unwrap_or_default()
        };
        let slot = |measure: usize, unit: Unit, rest| Slot { measure, unit, rest, group: group(unit) };
        let mut slots: Vec<Slot> = counted.iter().map(|(index, measure)| slot(*index, measure.unit, None)).collect();
        for (part, (index, measure)) in counted.iter().enumerate() {
            if let Some(whole) = measure.part_of.as_deref().and_then(slot_of) {
                slots.push(slot(*index, measure.unit, Some((part, whole))));
            }
        }
        Self { slots }
    }

    pub(crate) fn len(&self) -> usize {
        self.slots.len()
    }

    pub(crate) fn get(&self, slot: usize) -> Option<&Slot> {
        self.slots.get(slot)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (usize, &Slot)> {
        self.slots.iter().enumerate()
    }

    /// Each rest with the slots of itself, the part and the whole.
    pub(crate) fn rests(&self) -> impl Iterator<Item = (usize, usize, usize)> {
        self.iter().filter_map(|(index, slot)| slot.rest.map(|(part, whole)| (index, part, whole)))
    }

    /// The slot of a counted measure.
    pub(crate) fn of_measure(&self, measure: usize) -> Option<usize> {
        self.slots.iter().position(|slot| slot.rest.is_none() && slot.measure == measure)
    }
}
