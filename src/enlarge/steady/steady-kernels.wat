;; Kernels that average rows of float32 samples over frames, four at a time, each in the same order
;; whatever the row's length. Addresses are bytes, `n` counts samples; every row has room after its
;; end for two whole vectors, whose surplus is never looked at. `npm run build:kernels` turns this
;; file into steady-kernels-wasm.ts.
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

  ;; $to = |$a - $b|
  (func (export "apart") (param $a i32) (param $b i32) (param $to i32) (param $n i32)
    (local $end i32)
    (local.set $end (i32.add (local.get $to) (i32.shl (local.get $n) (i32.const 2))))
    (loop $next
      (v128.store (local.get $to)
        (f32x4.abs (f32x4.sub (v128.load (local.get $a)) (v128.load (local.get $b)))))
      (local.set $a (i32.add (local.get $a) (i32.const 16)))
      (local.set $b (i32.add (local.get $b) (i32.const 16)))
      (local.set $to (i32.add (local.get $to) (i32.const 16)))
      (br_if $next (i32.lt_u (local.get $to) (local.get $end)))))

  ;; $to = $r0 + $r1 + $r2 + $r3 + $r4
  (func (export "sumFive")
    (param $r0 i32) (param $r1 i32) (param $r2 i32) (param $r3 i32) (param $r4 i32)
    (param $to i32) (param $n i32)
    (local $i i32) (local $end i32)
    (local.set $end (i32.shl (local.get $n) (i32.const 2)))
    (loop $next
      (v128.store (i32.add (local.get $to) (local.get $i))
        (f32x4.add
          (f32x4.add
            (f32x4.add
              (v128.load (i32.add (local.get $r0) (local.get $i)))
              (v128.load (i32.add (local.get $r1) (local.get $i))))
            (f32x4.add
              (v128.load (i32.add (local.get $r3) (local.get $i)))
              (v128.load (i32.add (local.get $r4) (local.get $i)))))
          (v128.load (i32.add (local.get $r2) (local.get $i)))))
      (local.set $i (i32.add (local.get $i) (i32.const 16)))
      (br_if $next (i32.lt_u (local.get $i) (local.get $end)))))

  ;; $to = the mean of the absolute differences between a sample of $row and the next one, and
  ;; between it and the one $below
  (func (export "slope") (param $row i32) (param $below i32) (param $to i32) (param $n i32)
    (local $end i32) (local $v v128)
    (local.set $end (i32.add (local.get $to) (i32.shl (local.get $n) (i32.const 2))))
    (loop $next
      (local.set $v (v128.load (local.get $row)))
      (v128.store (local.get $to)
        (f32x4.mul (f32x4.splat (f32.const 0.5))
          (f32x4.add
            (f32x4.abs (f32x4.sub (v128.load offset=4 (local.get $row)) (local.get $v)))
            (f32x4.abs (f32x4.sub (v128.load (local.get $below)) (local.get $v))))))
      (local.set $row (i32.add (local.get $row) (i32.const 16)))
      (local.set $below (i32.add (local.get $below) (i32.const 16)))
      (local.set $to (i32.add (local.get $to) (i32.const 16)))
      (br_if $next (i32.lt_u (local.get $to) (local.get $end)))))

  ;; $to = the second smallest of $a, $b, $c and $d, divided by ($slope + $least)
  (func (export "moved")
    (param $a i32) (param $b i32) (param $c i32) (param $d i32) (param $slope i32) (param $to i32)
    (param $n i32) (param $least f32)
    (local $i i32) (local $end i32) (local $p v128) (local $q v128) (local $r v128) (local $s v128)
    (local.set $end (i32.shl (local.get $n) (i32.const 2)))
    (loop $next
      (local.set $p (v128.load (i32.add (local.get $a) (local.get $i))))
      (local.set $q (v128.load (i32.add (local.get $b) (local.get $i))))
      (local.set $r (v128.load (i32.add (local.get $c) (local.get $i))))
      (local.set $s (v128.load (i32.add (local.get $d) (local.get $i))))
      (v128.store (i32.add (local.get $to) (local.get $i))
        (f32x4.div
          (f32x4.min
            (f32x4.min
              (f32x4.max (local.get $p) (local.get $q))
              (f32x4.max (local.get $r) (local.get $s)))
            (f32x4.max
              (f32x4.min (local.get $p) (local.get $q))
              (f32x4.min (local.get $r) (local.get $s))))
          (f32x4.add (f32x4.splat (local.get $least))
            (v128.load (i32.add (local.get $slope) (local.get $i))))))
      (local.set $i (i32.add (local.get $i) (i32.const 16)))
      (br_if $next (i32.lt_u (local.get $i) (local.get $end)))))

  ;; $sum += w * $value and $weights += w, where w = exp(x), x = -($far * $scale)^2 - ($moved *
  ;; $moves)^2. It is computed as (1 + x / 256)^256, which is within 0.002 of it and gives the same
  ;; bits on every machine
  (func (export "weigh")
    (param $far i32) (param $moved i32) (param $value i32) (param $sum i32) (param $weights i32)
    (param $n i32) (param $scale f32) (param $moves f32)
    (local $i i32) (local $end i32) (local $w v128) (local $m v128) (local $none v128)
    (local.set $end (i32.shl (local.get $n) (i32.const 2)))
    (loop $next
      (local.set $w
        (f32x4.mul (f32x4.splat (local.get $scale))
          (v128.load (i32.add (local.get $far) (local.get $i)))))
      (local.set $m
        (f32x4.mul (f32x4.splat (local.get $moves))
          (v128.load (i32.add (local.get $moved) (local.get $i)))))
      (local.set $w
        (f32x4.max (local.get $none)
          (f32x4.sub (f32x4.splat (f32.const 1))
            (f32x4.mul (f32x4.splat (f32.const 0.00390625))
              (f32x4.add
                (f32x4.mul (local.get $w) (local.get $w))
                (f32x4.mul (local.get $m) (local.get $m)))))))
      (local.set $w (f32x4.mul (local.get $w) (local.get $w)))
      (local.set $w (f32x4.mul (local.get $w) (local.get $w)))
      (local.set $w (f32x4.mul (local.get $w) (local.get $w)))
      (local.set $w (f32x4.mul (local.get $w) (local.get $w)))
      (local.set $w (f32x4.mul (local.get $w) (local.get $w)))
      (local.set $w (f32x4.mul (local.get $w) (local.get $w)))
      (local.set $w (f32x4.mul (local.get $w) (local.get $w)))
      (local.set $w (f32x4.mul (local.get $w) (local.get $w)))
      (v128.store (i32.add (local.get $sum) (local.get $i))
        (f32x4.add
          (v128.load (i32.add (local.get $sum) (local.get $i)))
          (f32x4.mul (local.get $w) (v128.load (i32.add (local.get $value) (local.get $i))))))
      (v128.store (i32.add (local.get $weights) (local.get $i))
        (f32x4.add (v128.load (i32.add (local.get $weights) (local.get $i))) (local.get $w)))
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

  ;; int16 $to = $sum / $weights, times $scale, plus $mid, rounded half up, within 0..$peak
  (func (export "settle")
    (param $sum i32) (param $weights i32) (param $to i32) (param $n i32)
    (param $scale f32) (param $mid f32) (param $peak f32)
    (local $end i32)
    (local.set $end (i32.add (local.get $sum) (i32.shl (local.get $n) (i32.const 2))))
    (loop $next
      (v128.store (local.get $to)
        (i16x8.narrow_i32x4_s
          (call $whole
            (f32x4.div (v128.load (local.get $sum)) (v128.load (local.get $weights)))
            (local.get $scale) (local.get $mid) (local.get $peak))
          (call $whole
            (f32x4.div (v128.load offset=16 (local.get $sum)) (v128.load offset=16 (local.get $weights)))
            (local.get $scale) (local.get $mid) (local.get $peak))))
      (local.set $sum (i32.add (local.get $sum) (i32.const 32)))
      (local.set $weights (i32.add (local.get $weights) (i32.const 32)))
      (local.set $to (i32.add (local.get $to) (i32.const 16)))
      (br_if $next (i32.lt_u (local.get $sum) (local.get $end)))))
)
