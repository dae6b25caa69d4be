//! Chance that is the same on every machine: integers only, since `exp` and `ln` may differ in the last bit.

/// SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014).
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Random(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `n`, by multiply and shift; the bias is below n / 2^64.
    pub(crate) fn below(&mut self, n: usize) -> usize {
        ((u128::from(self.next()) * n as u128) >> 64) as usize
    }

    /// A number below `n`, and where in it: a fraction of 2^32. One draw for both.
    pub(crate) fn slot(&mut self, n: usize) -> (usize, u32) {
        let place = u128::from(self.next()) * n as u128;
        ((place >> 64) as usize, (place as u64 >> 32) as u32)
    }

    /// True in `share` of 1000 cases.
    pub(crate) fn per_mille(&mut self, share: usize) -> bool {
        self.below(1000) < share
    }

    pub(crate) fn pick<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.below(list.len())]
    }

    /// A rank below `n`, the low ones more often, about as 1 / (rank + 32).
    ///
    /// An octave is drawn evenly, then a place in it. Starting at the octave of 32 is Mandelbrot's shift:
    /// it keeps the commonest noun from being every tenth one.
    pub(crate) fn rank(&mut self, n: usize) -> usize {
        const SHIFT: usize = 32;
        let first = SHIFT.ilog2();
        let octaves = (n + SHIFT - 1).ilog2() - first + 1;
        loop {
            let octave = 1 << (first as usize + self.below(octaves as usize));
            let rank = octave + self.below(octave) - SHIFT;
            if rank < n {
                return rank;
            }
        }
    }

    /// A length around `median`, log-normal in shape: twice and half as long are equally likely.
    pub(crate) fn length(&mut self, median: usize) -> usize {
        // Sixteen bytes' sum is near enough to a normal deviate: mean 2040, deviation 296.
        let (a, b) = (self.next().to_le_bytes(), self.next().to_le_bytes());
        let sum: usize = a.iter().chain(&b).map(|&byte| usize::from(byte)).sum();
        // 2^x, straight between whole x, where 256 of the sum are one octave. Four octaves are taken off.
        let x = (sum + 4 * 256).saturating_sub(2040);
        median * (256 + x % 256) * (1 << (x / 256)) / 256 / 16
    }
}
