;; Kernels over rows of float32 samples, four at a time, each in the same order whatever the row's
;; length. Addresses are bytes, `n` counts samples; every row has room after its end for two whole
;; vectors, whose surplus is never looked at. `npm run build:kernels` turns this file into
;; float-kernels-wasm.ts.
(module
  (memory (export "memory") 1)

  ;; $to = ($from - $mid) * $scale, $from uint8
  (func (export "load8") (param $from i32) (param $to i32) (param $n i32) (param $mid f32) (param $scale f32)
    (local $end i32) (local $v v128)
    (local.set $end (i32.add (local.get $from) (local.get $n)))
    (loop $next
      (local.set $v (v128.load8x8_u (local.get $from)))
      (v128.store (local.get $to)
        (f32x4.mul (f32x4.splat (local.get $scale))
          (f32x4.sub (f32x4.convert_i32x4_u (i32x4.extend_low_i16x8_u (local.get $v)))
            (f32x4.splat (local.get $mid)))))
      (v128.store offset=16 (local.get $to)
        (f32x4.mul (f32x4.splat (local.get $scale))
          (f32x4.sub (f32x4.convert_i32x4_u (i32x4.extend_high_i16x8_u (local.get $v)))
            (f32x4.splat (local.get $mid)))))
      (local.set $from (i32.add (local.get $from) (i32.const 8)))
      (local.set $to (i32.add (local.get $to) (i32.const 32)))
      (br_if $next (i32.lt_u (local.get $from) (local.get $end)))))

  ;; The same of uint16 samples
  (func (export "load16") (param $from i32) (param $to i32) (param $n i32) (param $mid f32) (param $scale f32)
    (local $end i32)
    (local.set $end (i32.add (local.get $from) (i32.shl (local.get $n) (i32.const 1))))
    (loop $next
      (v128.store (local.get $to)
        (f32x4.mul (f32x4.splat (local.get $scale))
          (f32x4.sub (f32x4.convert_i32x4_u (v128.load16x4_u (local.get $from)))
            (f32x4.splat (local.get $mid)))))
      (local.set $from (i32.add (local.get $from) (i32.const 8)))
      (local.set $to (i32.add (local.get $to) (i32.const 16)))
      (br_if $next (i32.lt_u (local.get $from) (local.get $end)))))

  ;; $to = $r0 * $w0 + $r1 * $w1 + $r2 * $w2 + $r3 * $w3 (+ $to if $more)
  (func (export "mix")
    (param $r0 i32) (param $r1 i32) (param $r2 i32) (param $r3 i32)
    (param $w0 f32) (param $w1 f32) (param $w2 f32) (param $w3 f32)
    (param $to i32) (param $n i32) (param $more i32)
    (local $i i32) (local $end i32) (local $v0 v128) (local $v1 v128) (local $v2 v128)
    (local $v3 v128) (local $sum v128)
    (local.set $v0 (f32x4.splat (local.get $w0)))
    (local.set $v1 (f32x4.splat (local.get $w1)))
    (local.set $v2 (f32x4.splat (local.get $w2)))
    (local.set $v3 (f32x4.splat (local.get $w3)))
    (local.set $end (i32.shl (local.get $n) (i32.const 2)))
    (loop $next
      (local.set $sum
        (f32x4.add
          (f32x4.add
            (f32x4.mul (local.get $v0) (v128.load (i32.add (local.get $r0) (local.get $i))))
            (f32x4.mul (local.get $v1) (v128.load (i32.add (local.get $r1) (local.get $i)))))
          (f32x4.add
            (f32x4.mul (local.get $v2) (v128.load (i32.add (local.get $r2) (local.get $i))))
            (f32x4.mul (local.get $v3) (v128.load (i32.add (local.get $r3) (local.get $i)))))))
      (if (local.get $more)
        (then
          (local.set $sum
            (f32x4.add (v128.load (i32.add (local.get $to) (local.get $i))) (local.get $sum)))))
      (v128.store (i32.add (local.get $to) (local.get $i)) (local.get $sum))
      (local.set $i (i32.add (local.get $i) (i32.const 16)))
      (br_if $next (i32.lt_u (local.get $i) (local.get $end)))))

  ;; $to = $r0 * $w0 + $r1 * $w1 (+ $to if $more)
  (func (export "mixTwo")
    (param $r0 i32) (param $r1 i32) (param $w0 f32) (param $w1 f32)
    (param $to i32) (param $n i32) (param $more i32)
    (local $i i32) (local $end i32) (local $v0 v128) (local $v1 v128) (local $sum v128)
    (local.set $v0 (f32x4.splat (local.get $w0)))
    (local.set $v1 (f32x4.splat (local.get $w1)))
    (local.set $end (i32.shl (local.get $n) (i32.const 2)))
    (loop $next
      (local.set $sum
        (f32x4.add
          (f32x4.mul (local.get $v0) (v128.load (i32.add (local.get $r0) (local.get $i))))
          (f32x4.mul (local.get $v1) (v128.load (i32.add (local.get $r1) (local.get $i))))))
      (if (local.get $more)
        (then
          (local.set $sum
            (f32x4.add (v128.load (i32.add (local.get $to) (local.get $i))) (local.get $sum)))))
      (v128.store (i32.add (local.get $to) (local.get $i)) (local.get $sum))
      (local.set $i (i32.add (local.get $i) (i32.const 16)))
      (br_if $next (i32.lt_u (local.get $i) (local.get $end)))))

  ;; Every second value of $from, `n` each, beginning with the first and the second
  (func (export "split") (param $from i32) (param $even i32) (param $odd i32) (param $n i32)
    (local $end i32) (local $low v128) (local $high v128)
    (local.set $end (i32.add (local.get $even) (i32.shl (local.get $n) (i32.const 2))))
    (loop $next
      (local.set $low (v128.load (local.get $from)))
      (local.set $high (v128.load offset=16 (local.get $from)))
      (v128.store (local.get $even)
        (i8x16.shuffle 0 1 2 3 8 9 10 11 16 17 18 19 24 25 26 27 (local.get $low) (local.get $high)))
      (v128.store (local.get $odd)
        (i8x16.shuffle 4 5 6 7 12 13 14 15 20 21 22 23 28 29 30 31 (local.get $low) (local.get $high)))
      (local.set $from (i32.add (local.get $from) (i32.const 32)))
      (local.set $even (i32.add (local.get $even) (i32.const 16)))
      (local.set $odd (i32.add (local.get $odd) (i32.const 16)))
      (br_if $next (i32.lt_u (local.get $even) (local.get $end)))))

  ;; $a + 2 $b + $c
  (func $tent (param $a v128) (param $b v128) (param $c v128) (result v128)
    (f32x4.add
      (f32x4.add (local.get $a) (local.get $c))
      (f32x4.add (local.get $b) (local.get $b))))

  ;; Five rows, $step bytes apart from $to on: of $y, $c, $y$y, $c$c and $y$c the sums of three rows,
  ;; the middle one twice
  (func (export "moments")
    (param $y0 i32) (param $y1 i32) (param $y2 i32) (param $c0 i32) (param $c1 i32) (param $c2 i32)
    (param $to i32) (param $step i32) (param $n i32)
    (local $i i32) (local $at i32) (local $end i32)
    (local $ya v128) (local $yb v128) (local $yc v128) (local $ca v128) (local $cb v128) (local $cc v128)
    (local.set $end (i32.shl (local.get $n) (i32.const 2)))
    (loop $next
      (local.set $ya (v128.load (i32.add (local.get $y0) (local.get $i))))
      (local.set $yb (v128.load (i32.add (local.get $y1) (local.get $i))))
      (local.set $yc (v128.load (i32.add (local.get $y2) (local.get $i))))
      (local.set $ca (v128.load (i32.add (local.get $c0) (local.get $i))))
      (local.set $cb (v128.load (i32.add (local.get $c1) (local.get $i))))
      (local.set $cc (v128.load (i32.add (local.get $c2) (local.get $i))))
      (local.set $at (i32.add (local.get $to) (local.get $i)))
      (v128.store (local.get $at) (call $tent (local.get $ya) (local.get $yb) (local.get $yc)))
      (local.set $at (i32.add (local.get $at) (local.get $step)))
      (v128.store (local.get $at) (call $tent (local.get $ca) (local.get $cb) (local.get $cc)))
      (local.set $at (i32.add (local.get $at) (local.get $step)))
      (v128.store (local.get $at)
        (call $tent
          (f32x4.mul (local.get $ya) (local.get $ya))
          (f32x4.mul (local.get $yb) (local.get $yb))
          (f32x4.mul (local.get $yc) (local.get $yc))))
      (local.set $at (i32.add (local.get $at) (local.get $step)))
      (v128.store (local.get $at)
        (call $tent
          (f32x4.mul (local.get $ca) (local.get $ca))
          (f32x4.mul (local.get $cb) (local.get $cb))
          (f32x4.mul (local.get $cc) (local.get $cc))))
      (local.set $at (i32.add (local.get $at) (local.get $step)))
      (v128.store (local.get $at)
        (call $tent
          (f32x4.mul (local.get $ya) (local.get $ca))
          (f32x4.mul (local.get $yb) (local.get $cb))
          (f32x4.mul (local.get $yc) (local.get $cc))))
      (local.set $i (i32.add (local.get $i) (i32.const 16)))
      (br_if $next (i32.lt_u (local.get $i) (local.get $end)))))

  ;; A sixteenth of the value before, twice the one at, and the one after $at
  (func $mean (param $at i32) (result v128)
    (f32x4.mul (f32x4.splat (f32.const 0.0625))
      (call $tent
        (v128.load (i32.sub (local.get $at) (i32.const 4)))
        (v128.load (local.get $at))
        (v128.load offset=4 (local.get $at)))))

  ;; From what `moments` left at $from, the slope of c over y, times the fourth power of their
  ;; correlation: $to = cov / (varY + 16) * (cov^2 / ((varY + 16) (varC + 1)))^2
  (func (export "slopes") (param $from i32) (param $step i32) (param $to i32) (param $n i32)
    (local $end i32) (local $at i32) (local $my v128) (local $mc v128) (local $vy v128)
    (local $vc v128) (local $cov v128) (local $sure v128) (local $none v128)
    (local.set $end (i32.add (local.get $to) (i32.shl (local.get $n) (i32.const 2))))
    (loop $next
      (local.set $at (local.get $from))
      (local.set $my (call $mean (local.get $at)))
      (local.set $at (i32.add (local.get $at) (local.get $step)))
      (local.set $mc (call $mean (local.get $at)))
      (local.set $at (i32.add (local.get $at) (local.get $step)))
      (local.set $vy
        (f32x4.add (f32x4.splat (f32.const 16))
          (f32x4.max (local.get $none)
            (f32x4.sub (call $mean (local.get $at)) (f32x4.mul (local.get $my) (local.get $my))))))
      (local.set $at (i32.add (local.get $at) (local.get $step)))
      (local.set $vc
        (f32x4.add (f32x4.splat (f32.const 1))
          (f32x4.max (local.get $none)
            (f32x4.sub (call $mean (local.get $at)) (f32x4.mul (local.get $mc) (local.get $mc))))))
      (local.set $at (i32.add (local.get $at) (local.get $step)))
      (local.set $cov
        (f32x4.sub (call $mean (local.get $at)) (f32x4.mul (local.get $my) (local.get $mc))))
      (local.set $sure
        (f32x4.div
          (f32x4.mul (local.get $cov) (local.get $cov))
          (f32x4.mul (local.get $vy) (local.get $vc))))
      (v128.store (local.get $to)
        (f32x4.mul
          (f32x4.div (local.get $cov) (local.get $vy))
          (f32x4.mul (local.get $sure) (local.get $sure))))
      (local.set $from (i32.add (local.get $from) (i32.const 16)))
      (local.set $to (i32.add (local.get $to) (i32.const 16)))
      (br_if $next (i32.lt_u (local.get $to) (local.get $end)))))

  ;; $to = the least of $a, $b and $c, or the greatest if $high
  (func (export "bound")
    (param $a i32) (param $b i32) (param $c i32) (param $to i32) (param $n i32) (param $high i32)
    (local $i i32) (local $end i32) (local $va v128) (local $vb v128) (local $vc v128)
    (local.set $end (i32.shl (local.get $n) (i32.const 2)))
    (loop $next
      (local.set $va (v128.load (i32.add (local.get $a) (local.get $i))))
      (local.set $vb (v128.load (i32.add (local.get $b) (local.get $i))))
      (local.set $vc (v128.load (i32.add (local.get $c) (local.get $i))))
      (v128.store (i32.add (local.get $to) (local.get $i))
        (if (result v128) (local.get $high)
          (then (f32x4.max (f32x4.max (local.get $va) (local.get $vb)) (local.get $vc)))
          (else (f32x4.min (f32x4.min (local.get $va) (local.get $vb)) (local.get $vc)))))
      (local.set $i (i32.add (local.get $i) (i32.const 16)))
      (br_if $next (i32.lt_u (local.get $i) (local.get $end)))))

  ;; Four values as whole numbers of samples
  (func $whole (param $v v128) (param $scale f32) (param $mid f32) (param $peak f32) (result v128)
    (i32x4.trunc_sat_f32x4_s
      (f32x4.min (f32x4.splat (local.get $peak))
        (f32x4.max (v128.const i32x4 0 0 0 0)
          (f32x4.floor
            (f32x4.add
              (f32x4.mul (local.get $v) (f32x4.splat (local.get $scale)))
              (f32x4.splat (f32.add (local.get $mid) (f32.const 0.5)))))))))

  ;; $base + $slope * $detail, within $low - 2 .. $high + 2
  (func $guided (param $base i32) (param $slope i32) (param $detail i32) (param $low i32) (param $high i32) (param $i i32)
    (result v128)
    (f32x4.min
      (f32x4.add (f32x4.splat (f32.const 2)) (v128.load (i32.add (local.get $high) (local.get $i))))
      (f32x4.max
        (f32x4.sub (v128.load (i32.add (local.get $low) (local.get $i))) (f32x4.splat (f32.const 2)))
        (f32x4.add
          (v128.load (i32.add (local.get $base) (local.get $i)))
          (f32x4.mul
            (v128.load (i32.add (local.get $slope) (local.get $i)))
            (v128.load (i32.add (local.get $detail) (local.get $i))))))))

  ;; int16 $to = that, times $scale, plus $mid, rounded half up, within 0..$peak
  (func (export "guide")
    (param $base i32) (param $slope i32) (param $detail i32) (param $low i32) (param $high i32)
    (param $to i32) (param $n i32) (param $scale f32) (param $mid f32) (param $peak f32)
    (local $i i32) (local $end i32)
    (local.set $end (i32.shl (local.get $n) (i32.const 2)))
    (loop $next
      (v128.store (local.get $to)
        (i16x8.narrow_i32x4_s
          (call $whole
            (call $guided (local.get $base) (local.get $slope) (local.get $detail) (local.get $low)
              (local.get $high) (local.get $i))
            (local.get $scale) (local.get $mid) (local.get $peak))
          (call $whole
            (call $guided (local.get $base) (local.get $slope) (local.get $detail) (local.get $low)
              (local.get $high) (i32.add (local.get $i) (i32.const 16)))
            (local.get $scale) (local.get $mid) (local.get $peak))))
      (local.set $i (i32.add (local.get $i) (i32.const 32)))
      (local.set $to (i32.add (local.get $to) (i32.const 16)))
      (br_if $next (i32.lt_u (local.get $i) (local.get $end)))))

  ;; int16 -> uint8; the values are in range
  (func (export "narrow") (param $from i32) (param $to i32) (param $n i32)
    (local $end i32)
    (local.set $end (i32.add (local.get $to) (local.get $n)))
    (loop $next
      (v128.store (local.get $to)
        (i8x16.narrow_i16x8_u
          (v128.load (local.get $from)) (v128.load offset=16 (local.get $from))))
      (local.set $from (i32.add (local.get $from) (i32.const 32)))
      (local.set $to (i32.add (local.get $to) (i32.const 16)))
      (br_if $next (i32.lt_u (local.get $to) (local.get $end)))))

  ;; int16: $a and $b, `n` samples each, become a b a b ...
  (func (export "interleave") (param $a i32) (param $b i32) (param $to i32) (param $n i32)
    (local $end i32) (local $va v128) (local $vb v128)
    (local.set $end (i32.add (local.get $a) (i32.shl (local.get $n) (i32.const 1))))
    (loop $next
      (local.set $va (v128.load (local.get $a)))
      (local.set $vb (v128.load (local.get $b)))
      (v128.store (local.get $to)
        (i8x16.shuffle 0 1 16 17 2 3 18 19 4 5 20 21 6 7 22 23 (local.get $va) (local.get $vb)))
      (v128.store offset=16 (local.get $to)
        (i8x16.shuffle 8 9 24 25 10 11 26 27 12 13 28 29 14 15 30 31 (local.get $va) (local.get $vb)))
      (local.set $a (i32.add (local.get $a) (i32.const 16)))
      (local.set $b (i32.add (local.get $b) (i32.const 16)))
      (local.set $to (i32.add (local.get $to) (i32.const 32)))
      (br_if $next (i32.lt_u (local.get $a) (local.get $end)))))
)
