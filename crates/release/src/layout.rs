use crate::check::TOTAL;
use crate::definition::{Dimension, TableDefinition};
use crate::plan::Detail;

/// No point of the plan.
const ABSENT: usize = usize::MAX;

/// Which points a table has in each region of one level, and how they depend on each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Layout {
    dimensions: Vec<Axis>,
    points: Vec<Point>,
    /// The point of each combination of members, in mixed radix with the last dimension fastest.
    lookup: Vec<usize>,
}

/// One combination of members, in total order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Point {
    /// A member of each dimension.
    pub(crate) members: Vec<usize>,
    /// How many dimensions that add up are not `total`.
    pub(crate) breadth: usize,
    /// Whether readers see it.
    pub(crate) shown: bool,
}

/// A dimension at one level.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Axis {
    members: Vec<Member>,
    adds_up: bool,
    /// Members that are the sum of others.
    sums: Vec<(usize, Vec<usize>)>,
}

/// A category, several of them or all of them.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Member {
    /// As in the released table; empty for one that readers do not see.
    code: String,
    categories: Vec<usize>,
}

/// What a sum of points is, `(whole, parts)`.
pub(crate) type PointSum = (usize, Vec<usize>);

impl Layout {
    /// `None` where the plan has no rows.
    pub(crate) fn new(definition: &TableDefinition, detail: Detail) -> Option<Self> {
        let by_groups = detail == Detail::Groups;
        let at_most = match detail {
            Detail::None => return None,
            Detail::All => usize::MAX,
            Detail::AtMost(count) => count,
            Detail::Groups => 1,
        };
        let axis = |dimension| if by_groups { Axis::of_groups(dimension) } else { Axis::of_categories(dimension) };
        let dimensions: Vec<Axis> = definition.dimensions.iter().map(axis).collect();
        let mut layout = Self { dimensions, points: Vec::new(), lookup: Vec::new() };
        let mut members = vec![Vec::new()];
        for axis in &layout.dimensions {
            members = extended(&members, axis.members.len());
        }
        for members in members {
            let point = layout.point_of(members);
            let present = point.breadth <= at_most;
            layout.lookup.push(if present { layout.points.len() } else { ABSENT });
            if present {
                layout.points.push(point);
            }
        }
        Some(layout)
    }

    pub(crate) fn points(&self) -> &[Point] {
        &self.points
    }

    /// The code of each dimension at a point.
    pub(crate) fn codes(&self, point: &Point) -> Vec<String> {
        let codes = self.dimensions.iter().zip(&point.members);
        codes.filter_map(|(axis, member)| axis.members.get(*member)).map(|member| member.code.clone()).collect()
    }

    /// The most dimensions at a time of any point.
    pub(crate) fn breadth(&self) -> usize {
        self.points.iter().map(|point| point.breadth).max().unwrap_or_default()
    }

    /// The categories that a point sums, by dimension.
    pub(crate) fn categories(&self, point: &Point) -> Vec<&[usize]> {
        let axes = self.dimensions.iter().zip(&point.members);
        axes.filter_map(|(axis, member)| axis.members.get(*member)).map(|member| member.categories.as_slice()).collect()
    }

    /// The categories of a point in the dimensions that have no total.
    pub(crate) fn fixed(&self, point: &Point) -> Vec<usize> {
        let categories = self.dimensions.iter().zip(self.categories(point)).filter(|(axis, _)| !axis.adds_up);
        categories.filter_map(|(_, categories)| categories.first().copied()).collect()
    }

    /// The points to which a finest cell belongs.
    pub(crate) fn points_with(&self, categories: &[usize]) -> Vec<usize> {
        let members = self.dimensions.iter().zip(categories).map(|(axis, category)| axis.with(*category));
        self.at(members).into_iter().filter(|point| *point != ABSENT).collect()
    }

    /// The points that together are a combination of sets of categories; `None` where the plan has not all of them.
    pub(crate) fn express(&self, sets: &[&[usize]]) -> Option<Vec<usize>> {
        let members: Option<Vec<Vec<usize>>> =
            self.dimensions.iter().zip(sets).map(|(axis, set)| axis.express(set)).collect();
        let points = self.at(members?.into_iter());
        (!points.contains(&ABSENT)).then_some(points)
    }

    /// Every point that is the sum of others of the same region.
    pub(crate) fn sums(&self) -> Vec<PointSum> {
        let mut sums = Vec::new();
        for (index, point) in self.points.iter().enumerate() {
            for (position, (axis, member)) in self.dimensions.iter().zip(&point.members).enumerate() {
                for (_, parts) in axis.sums.iter().filter(|(whole, _)| whole == member) {
                    let others = point
                        .members
                        .iter()
                        .enumerate()
                        .map(|(other, member)| if other == position { parts.clone() } else { vec![*member] });
                    let parts = self.at(others);
                    if !parts.contains(&ABSENT) {
                        sums.push((index, parts));
                    }
                }
            }
        }
        sums
    }

    fn point_of(&self, members: Vec<usize>) -> Point {
        let (mut breadth, mut shown) = (0, true);
        for (axis, index) in self.dimensions.iter().zip(&members) {
            let code = axis.members.get(*index).map_or("", |member| &member.code);
            breadth += usize::from(axis.adds_up && code != TOTAL);
            shown &= !code.is_empty();
        }
        Point { members, breadth, shown }
    }

    /// The points of all combinations of some members of each dimension, absent ones too.
    fn at(&self, members: impl Iterator<Item = Vec<usize>>) -> Vec<usize> {
        let mut places = vec![0];
        for (axis, members) in self.dimensions.iter().zip(members) {
            let next = |place: &usize| place * axis.members.len();
            places = places.iter().flat_map(|place| members.iter().map(move |member| next(place) + member)).collect();
        }
        places.into_iter().map(|place| self.lookup.get(place).copied().unwrap_or(ABSENT)).collect()
    }
}

impl Axis {
    /// `total` where they add up, then every category.
    fn of_categories(dimension: &Dimension) -> Self {
        let count = dimension.categories.len();
        let single = dimension.categories.iter().enumerate();
        let single = single.map(|(index, category)| Member { code: category.code.clone(), categories: vec![index] });
        let members: Vec<Member> = dimension.total().into_iter().chain(single).collect();
        let sums = if dimension.adds_up { vec![(0, (1..=count).collect())] } else { Vec::new() };
        Self { members, adds_up: dimension.adds_up, sums }
    }

    /// `total`, the groups, and what groups and total leave between them: who knows 65+ and 80+ knows 65–79.
    fn of_groups(dimension: &Dimension) -> Self {
        if !dimension.adds_up {
            return Self::of_categories(dimension);
        }
        let position = |code: &String| dimension.categories.iter().position(|category| category.code == *code);
        let mut members: Vec<Member> = dimension.total().into_iter().collect();
        for group in &dimension.township {
            let mut categories: Vec<usize> = group.of.iter().filter_map(position).collect();
            categories.sort_unstable();
            members.push(Member { code: group.code.clone(), categories });
        }
        let shown = members.len();
        let pieces = if shown > 1 { pieces(dimension.categories.len(), &members) } else { Vec::new() };
        for piece in &pieces {
            if !members.iter().any(|member| member.categories == *piece) {
                members.push(Member { code: String::new(), categories: piece.clone() });
            }
        }
        let sums = (0..shown).filter_map(|whole| sum_of_pieces(&members, whole, &pieces)).collect();
        Self { members, adds_up: true, sums }
    }

    /// The members that count a category.
    fn with(&self, category: usize) -> Vec<usize> {
        let members = self.members.iter().enumerate();
        members.filter(|(_, member)| member.categories.contains(&category)).map(|(index, _)| index).collect()
    }

    /// The member that is a set of categories, else its categories one by one.
    fn express(&self, set: &[usize]) -> Option<Vec<usize>> {
        let find = |set: &[usize]| self.members.iter().position(|member| member.categories == set);
        match find(set) {
            Some(member) => Some(vec![member]),
            None => set.iter().map(|category| find(&[*category])).collect(),
        }
    }
}

impl Dimension {
    fn total(&self) -> Option<Member> {
        let categories = (0..self.categories.len()).collect();
        self.adds_up.then(|| Member { code: TOTAL.to_owned(), categories })
    }
}

/// The largest sets of categories that no member tells apart.
fn pieces(count: usize, members: &[Member]) -> Vec<Vec<usize>> {
    let mut pieces: Vec<(Vec<bool>, Vec<usize>)> = Vec::new();
    for category in 0..count {
        let within: Vec<bool> = members.iter().map(|member| member.categories.contains(&category)).collect();
        match pieces.iter_mut().find(|(other, _)| *other == within) {
            Some((_, piece)) => piece.push(category),
            None => pieces.push((within, vec![category])),
        }
    }
    pieces.into_iter().map(|(_, piece)| piece).collect()
}

/// A member as the sum of pieces, or as another that is the same; `None` for one that is a piece itself.
fn sum_of_pieces(members: &[Member], whole: usize, pieces: &[Vec<usize>]) -> Option<(usize, Vec<usize>)> {
    let within = members.get(whole).map(|member| &member.categories)?;
    // A group of all categories is the total under another name, and that is said at once.
    let same = members.iter().position(|member| member.categories == *within)?;
    if same < whole {
        return Some((whole, vec![same]));
    }
    let inside = pieces.iter().filter(|piece| piece.first().is_some_and(|first| within.contains(first)));
    let parts: Vec<usize> =
        inside.filter_map(|piece| members.iter().position(|member| member.categories == *piece)).collect();
    (!parts.is_empty() && parts != [whole]).then_some((whole, parts))
}

fn extended(prefixes: &[Vec<usize>], count: usize) -> Vec<Vec<usize>> {
    let each = prefixes
        .iter()
        .flat_map(|prefix| (0..count).map(move |member| prefix.iter().copied().chain([member]).collect()));
    each.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout(groups: &str) -> Layout {
        let text = format!(
            "{{ title: {{ zh: 表, en: t }}, universe: {{ zh: 人, en: p }}, base: residence, timing: stock, departments: [], \
             datasets: [], formula: {{ zh: 数, en: n }}, measures: [], dimensions: [{{ name: band, title: {{ zh: 龄, en: a }}, \
             adds_up: true, categories: [{{ code: '60', zh: '60', en: '60' }}, {{ code: '65', zh: '65', en: '65' }}, \
             {{ code: '80', zh: '80', en: '80' }}], township: [{groups}] }}] }}"
        );
        let definition: TableDefinition = serde_saphyr::from_str(&text).unwrap();
        Layout::new(&definition, Detail::Groups).unwrap()
    }

    const ALL: &str = "{ code: 60+, zh: a, en: a, of: ['60', '65', '80'] }";
    const OLD: &str = "{ code: 80+, zh: b, en: b, of: ['80'] }";

    #[test]
    fn a_group_of_all_categories_is_the_total_itself() {
        // total, 60+, 80+, and 60–79, which nobody sees.
        let both = layout(&format!("{ALL}, {OLD}"));
        assert_eq!(both.points().iter().map(|point| point.shown).collect::<Vec<_>>(), [true, true, true, false]);
        assert_eq!(both.sums(), [(0, vec![3, 2]), (1, vec![0])]);
        assert_eq!(layout(ALL).sums(), [(1, vec![0])]);
    }

    #[test]
    fn a_cell_is_in_its_groups_and_in_what_they_leave() {
        let layout = layout(OLD);
        assert_eq!(layout.points_with(&[0]), [0, 2]);
        assert_eq!(layout.points_with(&[2]), [0, 1]);
        assert_eq!(layout.express(&[&[0, 1]]), Some(vec![2]));
        assert_eq!(layout.express(&[&[0]]), None, "no township shows a band");
    }
}
