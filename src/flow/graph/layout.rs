//! Where boxes stand and lines run: layers from top to bottom, few crossings, straight long lines
//! (after Sugiyama, Tagawa and Toda 1981). Every label has a place of its own among the boxes, so
//! that no two of them lie over one another.

/// Between neighbours in a layer, and between layers, in pixels.
const GAP: f64 = 28.0;
const LAYER_GAP: f64 = 34.0;
/// Rounds of ordering and of straightening: more change nothing one could see. A picture with very
/// many bends has fewer.
const ROUNDS: usize = 24;
const MOST_MOVES: usize = 400_000;

/// How much room a box or a label takes. A line meets it in the middle of the part that reaches
/// `half` to both sides; `right` is what stands beside that part.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Size {
    pub(super) half: f64,
    pub(super) right: f64,
    pub(super) height: f64,
}

/// One line to be drawn, between boxes by their indices.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line {
    pub(super) from: usize,
    pub(super) to: usize,
    /// The room its label takes; `None` has none.
    pub(super) label: Option<Size>,
}

/// A point of the picture.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Point {
    pub(super) x: f64,
    pub(super) y: f64,
}

/// Where everything is.
#[derive(Debug)]
pub(super) struct Layout {
    /// The middle of the top edge of each box.
    pub(super) boxes: Vec<Point>,
    pub(super) lines: Vec<Laid>,
    pub(super) width: f64,
    pub(super) height: f64,
}

/// A line where it runs.
#[derive(Debug)]
pub(super) struct Laid {
    /// From the box it leaves to the box it enters.
    pub(super) points: Vec<Point>,
    /// The middle of its label.
    pub(super) label: Option<Point>,
    /// It leads back up.
    pub(super) back: bool,
}

/// A box, a label or a bend.
#[derive(Clone, Copy, Debug)]
struct Vertex {
    size: Size,
    layer: usize,
    /// The middle.
    x: f64,
    is_bend: bool,
}

#[derive(Debug)]
struct Graph {
    vertices: Vec<Vertex>,
    /// Downward, between neighbouring layers once bends are in.
    down: Vec<Vec<usize>>,
    up: Vec<Vec<usize>>,
    layers: Vec<Vec<usize>>,
}

/// Lays a picture out; the first box stands on top.
pub(super) fn layout(boxes: &[Size], lines: &[Line]) -> Layout {
    let back = back_lines(boxes.len(), lines);
    let mut graph = Graph {
        vertices: boxes
            .iter()
            .map(|size| Vertex { size: *size, layer: 0, x: 0.0, is_bend: false })
            .collect(),
        down: vec![Vec::new(); boxes.len()],
        up: vec![Vec::new(); boxes.len()],
        layers: Vec::new(),
    };
    // The chain of each line, from above to below.
    let mut chains: Vec<Vec<usize>> = Vec::new();
    for (line, back) in lines.iter().zip(&back) {
        let (top, bottom) = if *back { (line.to, line.from) } else { (line.from, line.to) };
        let mut chain = vec![top];
        if let Some(size) = line.label {
            let label = graph.add(size, false);
            chain.push(label);
        }
        chain.push(bottom);
        chains.push(chain);
    }
    graph.set_layers(&chains);
    for (chain, back) in chains.iter().zip(&back) {
        // The label of a way back stands by the step it leaves.
        if let ([top, label, bottom], true) = (chain.as_slice(), back) {
            let low = graph.layer(*bottom).saturating_sub(1).max(graph.layer(*top) + 1);
            if let Some(vertex) = graph.vertices.get_mut(*label) {
                vertex.layer = low;
            }
        }
    }
    for chain in &mut chains {
        *chain = graph.with_bends(chain);
    }
    graph.fill_layers();
    graph.order();
    graph.straighten();
    graph.finish(boxes.len(), &chains, &back)
}

/// For each line whether it leads back up: it goes to a box that stands before its own, and from
/// there one comes here again. Without these lines, or with them turned round, there is no circle.
fn back_lines(boxes: usize, lines: &[Line]) -> Vec<bool> {
    let mut leaving: Vec<Vec<usize>> = vec![Vec::new(); boxes];
    for line in lines {
        if let Some(list) = leaving.get_mut(line.from) {
            list.push(line.to);
        }
    }
    lines.iter().map(|line| line.to < line.from && reaches(&leaving, line.to, line.from)).collect()
}

fn reaches(leaving: &[Vec<usize>], from: usize, to: usize) -> bool {
    let mut seen = vec![false; leaving.len()];
    let mut waiting = vec![from];
    while let Some(current) = waiting.pop() {
        if current == to {
            return true;
        }
        match seen.get_mut(current) {
            Some(flag) if !*flag => *flag = true,
            _ => continue,
        }
        waiting.extend(leaving.get(current).into_iter().flatten());
    }
    false
}

impl Graph {
    fn add(&mut self, size: Size, is_bend: bool) -> usize {
        self.vertices.push(Vertex { size, layer: 0, x: 0.0, is_bend });
        self.down.push(Vec::new());
        self.up.push(Vec::new());
        self.vertices.len() - 1
    }

    fn layer(&self, vertex: usize) -> usize {
        self.vertices.get(vertex).map_or(0, |vertex| vertex.layer)
    }

    fn vertex(&self, vertex: usize) -> Vertex {
        self.vertices.get(vertex).copied().unwrap_or(Vertex {
            size: Size::default(),
            layer: 0,
            x: 0.0,
            is_bend: true,
        })
    }

    /// Each vertex one layer below the lowest that leads to it.
    fn set_layers(&mut self, chains: &[Vec<usize>]) {
        let pairs: Vec<(usize, usize)> = chains
            .iter()
            .flat_map(|chain| chain.iter().copied().zip(chain.iter().copied().skip(1)))
            .collect();
        // Without circles, as many rounds as vertices settle every layer.
        for _ in 0..self.vertices.len() {
            let mut moved = false;
            for (above, below) in &pairs {
                let least = self.layer(*above) + 1;
                if let Some(vertex) = self.vertices.get_mut(*below)
                    && vertex.layer < least
                {
                    vertex.layer = least;
                    moved = true;
                }
            }
            if !moved {
                break;
            }
        }
    }

    /// A chain with a bend on every layer it crosses; its links are noted.
    fn with_bends(&mut self, chain: &[usize]) -> Vec<usize> {
        let mut whole: Vec<usize> = Vec::new();
        for vertex in chain {
            if let Some(last) = whole.last().copied() {
                let mut above = last;
                for layer in self.layer(last) + 1..self.layer(*vertex) {
                    let bend = self.add(Size { half: 6.0, right: 0.0, height: 0.0 }, true);
                    if let Some(vertex) = self.vertices.get_mut(bend) {
                        vertex.layer = layer;
                    }
                    self.link(above, bend);
                    whole.push(bend);
                    above = bend;
                }
                self.link(above, *vertex);
            }
            whole.push(*vertex);
        }
        whole
    }

    fn link(&mut self, above: usize, below: usize) {
        if let Some(down) = self.down.get_mut(above) {
            down.push(below);
        }
        if let Some(up) = self.up.get_mut(below) {
            up.push(above);
        }
    }

    fn fill_layers(&mut self) {
        let count = self.vertices.iter().map(|vertex| vertex.layer + 1).max().unwrap_or(0);
        self.layers = vec![Vec::new(); count];
        // Depth first, so that what belongs together begins side by side.
        let mut seen = vec![false; self.vertices.len()];
        for root in 0..self.vertices.len() {
            let mut waiting = vec![root];
            while let Some(vertex) = waiting.pop() {
                match seen.get_mut(vertex) {
                    Some(flag) if !*flag => *flag = true,
                    _ => continue,
                }
                let layer = self.layer(vertex);
                if let Some(list) = self.layers.get_mut(layer) {
                    list.push(vertex);
                }
                waiting.extend(self.down.get(vertex).into_iter().flatten().rev());
            }
        }
    }

    fn rounds(&self) -> usize {
        (MOST_MOVES / self.vertices.len().max(1)).clamp(6, ROUNDS)
    }

    // ---- few crossings ---------------------------------------------------------------------

    fn order(&mut self) {
        let mut best = (self.crossings(), self.layers.clone());
        for round in 0..self.rounds() {
            let downward = round % 2 == 0;
            let count = self.layers.len();
            for step in 1..count {
                let layer = if downward { step } else { count - 1 - step };
                self.order_layer(layer, downward);
            }
            let crossings = self.crossings();
            if crossings < best.0 {
                best = (crossings, self.layers.clone());
            }
        }
        self.layers = best.1;
    }

    /// Sorts a layer by the mean place of the neighbours above (or below).
    fn order_layer(&mut self, layer: usize, by_above: bool) {
        let places = self.places();
        let Some(list) = self.layers.get(layer) else { return };
        let mut keyed: Vec<(f64, usize)> = list
            .iter()
            .enumerate()
            .map(|(place, vertex)| {
                let neighbours =
                    if by_above { self.up.get(*vertex) } else { self.down.get(*vertex) };
                let around: Vec<f64> = neighbours
                    .into_iter()
                    .flatten()
                    .filter_map(|neighbour| places.get(*neighbour).copied())
                    .collect();
                (mean(&around).unwrap_or_else(|| as_float(place)), *vertex)
            })
            .collect();
        keyed.sort_by(|left, right| left.0.total_cmp(&right.0));
        if let Some(list) = self.layers.get_mut(layer) {
            *list = keyed.into_iter().map(|(_, vertex)| vertex).collect();
        }
    }

    /// The place of every vertex in its layer.
    fn places(&self) -> Vec<f64> {
        let mut places = vec![0.0; self.vertices.len()];
        for list in &self.layers {
            for (place, vertex) in list.iter().enumerate() {
                if let Some(slot) = places.get_mut(*vertex) {
                    *slot = as_float(place);
                }
            }
        }
        places
    }

    fn crossings(&self) -> usize {
        let places = self.places();
        let place = |vertex: usize| places.get(vertex).copied().unwrap_or(0.0);
        let mut count = 0;
        for list in &self.layers {
            let mut below: Vec<f64> = Vec::new();
            for above in list {
                let mut ends: Vec<f64> =
                    self.down.get(*above).into_iter().flatten().map(|end| place(*end)).collect();
                ends.sort_by(f64::total_cmp);
                below.extend(ends);
            }
            count += inversions(&mut below);
        }
        count
    }

    // ---- straight lines --------------------------------------------------------------------

    fn straighten(&mut self) {
        for layer in 0..self.layers.len() {
            let wanted = vec![0.0; self.layers.get(layer).map_or(0, Vec::len)];
            self.set_layer(layer, &wanted);
        }
        for round in 0..self.rounds() {
            let downward = round % 2 == 0;
            let count = self.layers.len();
            for step in 0..count {
                let layer = if downward { step } else { count - 1 - step };
                let Some(list) = self.layers.get(layer) else { continue };
                // At last both sides count, or the picture would lean.
                let both = round + 4 >= self.rounds();
                let wanted: Vec<f64> = list
                    .iter()
                    .map(|vertex| self.wanted(*vertex, downward || both, !downward || both))
                    .collect();
                self.set_layer(layer, &wanted);
            }
        }
    }

    /// Where a vertex would stand if it were alone: under (or over) its neighbours.
    fn wanted(&self, vertex: usize, above: bool, below: bool) -> f64 {
        let this = self.vertex(vertex);
        let ups = above.then(|| self.up.get(vertex)).flatten().into_iter().flatten();
        let downs = below.then(|| self.down.get(vertex)).flatten().into_iter().flatten();
        let (mut sum, mut weights) = (0.0, 0.0);
        for neighbour in ups.chain(downs) {
            let other = self.vertex(*neighbour);
            // A bend beside a bend: long lines run straight.
            let weight = if this.is_bend && other.is_bend { 8.0 } else { 1.0 };
            sum += other.x * weight;
            weights += weight;
        }
        if weights > 0.0 { sum / weights } else { this.x }
    }

    /// Puts a layer as near to the wanted places as its order and widths allow: the least sum of
    /// squares, by pooling neighbours that would overlap.
    fn set_layer(&mut self, layer: usize, wanted: &[f64]) {
        let Some(list) = self.layers.get(layer).cloned() else { return };
        // The distance of each from the first when all stand close.
        let mut offsets: Vec<f64> = Vec::new();
        for (index, vertex) in list.iter().enumerate() {
            let size = self.vertex(*vertex).size;
            let offset = match index.checked_sub(1).and_then(|before| list.get(before)) {
                Some(before) => {
                    let left = self.vertex(*before).size;
                    offsets.last().copied().unwrap_or(0.0)
                        + left.half
                        + left.right
                        + GAP
                        + size.half
                }
                None => 0.0,
            };
            offsets.push(offset);
        }
        // (mean, weight, how many)
        let mut pools: Vec<(f64, f64, usize)> = Vec::new();
        for (place, offset) in wanted.iter().zip(&offsets) {
            let mut pool = (place - offset, 1.0, 1);
            while let Some(last) = pools.last().copied().filter(|last| last.0 > pool.0) {
                pools.pop();
                let weight = last.1 + pool.1;
                pool = ((last.0 * last.1 + pool.0 * pool.1) / weight, weight, last.2 + pool.2);
            }
            pools.push(pool);
        }
        let places = pools.iter().flat_map(|(place, _, count)| std::iter::repeat_n(*place, *count));
        for ((vertex, offset), place) in list.iter().zip(&offsets).zip(places) {
            if let Some(vertex) = self.vertices.get_mut(*vertex) {
                vertex.x = place + offset;
            }
        }
    }

    // ---- the picture -----------------------------------------------------------------------

    fn finish(&self, boxes: usize, chains: &[Vec<usize>], back: &[bool]) -> Layout {
        let left = self
            .vertices
            .iter()
            .map(|vertex| vertex.x - vertex.size.half)
            .fold(f64::INFINITY, f64::min);
        let right = self
            .vertices
            .iter()
            .map(|vertex| vertex.x + vertex.size.half + vertex.size.right)
            .fold(f64::NEG_INFINITY, f64::max);
        // Top and height of each layer.
        let mut tops: Vec<(f64, f64)> = Vec::new();
        let mut y = 0.0;
        for list in &self.layers {
            let heights = list.iter().map(|vertex| self.vertex(*vertex).size.height);
            let height = heights.fold(0.0, f64::max);
            tops.push((y, height));
            y += height + LAYER_GAP;
        }
        let top = |vertex: usize| Point {
            x: self.vertex(vertex).x - left,
            y: tops.get(self.layer(vertex)).map_or(0.0, |(top, _)| *top),
        };
        let laid = chains.iter().zip(back).enumerate().map(|(number, (chain, back))| {
            let mut points: Vec<Point> = Vec::new();
            let mut label = None;
            let last = chain.len().saturating_sub(1);
            for (index, vertex) in chain.iter().enumerate() {
                let size = self.vertex(*vertex).size;
                let at = top(*vertex);
                if index == 0 {
                    let x = at.x + self.port(chains, number, *vertex, true) * size.half;
                    points.push(Point { x, y: at.y + size.height });
                } else if index == last {
                    let x = at.x + self.port(chains, number, *vertex, false) * size.half;
                    points.push(Point { x, y: at.y });
                } else if *vertex < boxes + chains.len() && !self.vertex(*vertex).is_bend {
                    let middle = Point { x: at.x, y: at.y + size.height / 2.0 };
                    points.push(middle);
                    label = Some(middle);
                } else {
                    // Straight past the boxes of its layer.
                    let height = tops.get(self.layer(*vertex)).map_or(0.0, |(_, height)| *height);
                    points.push(at);
                    points.push(Point { x: at.x, y: at.y + height });
                }
            }
            if *back {
                points.reverse();
            }
            Laid { points, label, back: *back }
        });
        let lines: Vec<Laid> = laid.collect();
        Layout {
            boxes: (0..boxes).map(top).collect(),
            lines,
            width: (right - left).max(0.0),
            height: (y - LAYER_GAP).max(0.0),
        }
    }

    /// Where on the lower (or upper) edge of a box a line meets it, from -1 to 1: lines leave side
    /// by side, in the order of where they go.
    fn port(&self, chains: &[Vec<usize>], number: usize, vertex: usize, leaves: bool) -> f64 {
        let end = |chain: &[usize]| {
            let last = chain.len().checked_sub(1)?;
            let (here, next) = if leaves { (0, 1) } else { (last, last.checked_sub(1)?) };
            (chain.get(here) == Some(&vertex)).then(|| chain.get(next).copied()).flatten()
        };
        let mut sides: Vec<(f64, usize)> = chains
            .iter()
            .enumerate()
            .filter_map(|(index, chain)| Some((self.vertex(end(chain)?).x, index)))
            .collect();
        sides.sort_by(|left, right| left.0.total_cmp(&right.0).then(left.1.cmp(&right.1)));
        let place = sides.iter().position(|(_, index)| *index == number).unwrap_or(0);
        (as_float(place) + 1.0) / (as_float(sides.len()) + 1.0) * 2.0 - 1.0
    }
}

/// How many pairs stand in the wrong order; sorts them on the way.
fn inversions(values: &mut [f64]) -> usize {
    if values.len() < 2 {
        return 0;
    }
    let (left, right) = values.split_at_mut(values.len() / 2);
    let mut count = inversions(left) + inversions(right);
    let (mut lefts, mut rights) = (left.iter().peekable(), right.iter().peekable());
    let mut merged: Vec<f64> = Vec::with_capacity(lefts.len() + rights.len());
    loop {
        let next = match (lefts.peek(), rights.peek()) {
            (Some(left), Some(right)) if **right < **left => {
                count += lefts.len();
                rights.next()
            }
            (Some(_), _) => lefts.next(),
            (None, _) => rights.next(),
        };
        let Some(next) = next else { break };
        merged.push(*next);
    }
    values.copy_from_slice(&merged);
    count
}

fn mean(values: &[f64]) -> Option<f64> {
    if values.is_empty() { None } else { Some(values.iter().sum::<f64>() / as_float(values.len())) }
}

#[expect(clippy::cast_precision_loss, reason = "places in a picture are small numbers")]
fn as_float(number: usize) -> f64 {
    number as f64
}
