;; Kernels over rows of samples, 128 bits at a time. Addresses are bytes, `n` counts samples; every row
;; has room after its end for a whole vector, whose surplus is never looked at.
;; `npm run build:kernels` turns this file into row-kernels-wasm.ts.
(module
  (memory (export "memory") 1)

  ;; uint8 -> int16
  (func (export "widen") (param $from i32) (param $to i32) (param $n i32)
    (local $end i32)
    (local.set $end (i32.add (local.get $from) (local.get $n)))
    (loop $next
      (v128.store (local.get $to) (v128.load8x8_u (local.get $from)))
      (local.set $from (i32.add (local.get $from) (i32.const 8)))
      (local.set $to (i32.add (local.get $to) (i32.const 16)))
      (br_if $next (i32.lt_u (local.get $from) (local.get $end)))))

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

  ;; int32 $to = $a * $wa + $b * $wb (+ $to if $more), $a and $b int16; $w holds both weights, $wa low
  (func (export "weighRows")
    (param $a i32) (param $b i32) (param $w i32) (param $to i32) (param $n i32) (param $more i32)
    (local $end i32) (local $weights v128) (local $va v128) (local $vb v128)
    (local $low v128) (local $high v128)
    (local.set $weights (i32x4.splat (local.get $w)))
    (local.set $end (i32.add (local.get $a) (i32.shl (local.get $n) (i32.const 1))))
    (loop $next
      (local.set $va (v128.load (local.get $a)))
      (local.set $vb (v128.load (local.get $b)))
      (local.set $low (i32x4.dot_i16x8_s (local.get $weights)
        (i8x16.shuffle 0 1 16 17 2 3 18 19 4 5 20 21 6 7 22 23 (local.get $va) (local.get $vb))))
      (local.set $high (i32x4.dot_i16x8_s (local.get $weights)
        (i8x16.shuffle 8 9 24 25 10 11 26 27 12 13 28 29 14 15 30 31 (local.get $va) (local.get $vb))))
      (if (local.get $more)
        (then
          (local.set $low (i32x4.add (local.get $low) (v128.load (local.get $to))))
          (local.set $high (i32x4.add (local.get $high) (v128.load offset=16 (local.get $to))))))
      (v128.store (local.get $to) (local.get $low))
      (v128.store offset=16 (local.get $to) (local.get $high))
      (local.set $a (i32.add (local.get $a) (i32.const 16)))
      (local.set $b (i32.add (local.get $b) (i32.const 16)))
      (local.set $to (i32.add (local.get $to) (i32.const 32)))
      (br_if $next (i32.lt_u (local.get $a) (local.get $end)))))

  ;; int32 $to[i] = $row[i] * $w0 + ... + $row[i + 3] * $w3 (+ $to[i] if $more)
  (func (export "weighAlong")
    (param $row i32) (param $w0 i32) (param $w1 i32) (param $w2 i32) (param $w3 i32)
    (param $to i32) (param $n i32) (param $more i32)
    (local $end i32) (local $v0 v128) (local $v1 v128) (local $v2 v128) (local $v3 v128)
    (local $sum v128)
    (local.set $v0 (i32x4.splat (local.get $w0)))
    (local.set $v1 (i32x4.splat (local.get $w1)))
    (local.set $v2 (i32x4.splat (local.get $w2)))
    (local.set $v3 (i32x4.splat (local.get $w3)))
    (local.set $end (i32.add (local.get $to) (i32.shl (local.get $n) (i32.const 2))))
    (loop $next
      (local.set $sum
        (i32x4.add
          (i32x4.add
            (i32x4.mul (v128.load (local.get $row)) (local.get $v0))
            (i32x4.mul (v128.load offset=4 (local.get $row)) (local.get $v1)))
          (i32x4.add
            (i32x4.mul (v128.load offset=8 (local.get $row)) (local.get $v2))
            (i32x4.mul (v128.load offset=12 (local.get $row)) (local.get $v3)))))
      (if (local.get $more)
        (then (local.set $sum (i32x4.add (local.get $sum) (v128.load (local.get $to))))))
      (v128.store (local.get $to) (local.get $sum))
      (local.set $row (i32.add (local.get $row) (i32.const 16)))
      (local.set $to (i32.add (local.get $to) (i32.const 16)))
      (br_if $next (i32.lt_u (local.get $to) (local.get $end)))))

  ;; int16 $to = ($from + 2^$shift / 2) >> $shift, within 0..$peak; $from int32
  (func (export "round")
    (param $from i32) (param $to i32) (param $n i32) (param $shift i32) (param $peak i32)
    (local $end i32) (local $half v128) (local $top v128)
    (local.set $half
      (i32x4.splat (i32.shr_u (i32.shl (i32.const 1) (local.get $shift)) (i32.const 1))))
    (local.set $top (i16x8.splat (local.get $peak)))
    (local.set $end (i32.add (local.get $to) (i32.shl (local.get $n) (i32.const 1))))
    (loop $next
      (v128.store (local.get $to)
        (i16x8.min_s (local.get $top)
          (i16x8.max_s (v128.const i32x4 0 0 0 0)
            (i16x8.narrow_i32x4_s
              (i32x4.shr_s
                (i32x4.add (v128.load (local.get $from)) (local.get $half)) (local.get $shift))
              (i32x4.shr_s
                (i32x4.add (v128.load offset=16 (local.get $from)) (local.get $half))
                (local.get $shift))))))
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

  ;; int32: every second value of $from, `n` each, beginning with the first and the second
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

  ;; Sum of squared differences of two int16 rows
  (func (export "squares") (param $a i32) (param $b i32) (param $n i32) (result f64)
    (local $end i32) (local $d v128) (local $sum v128) (local $rest f64) (local $one i32)
    ;; Whole vectors, then the samples after them.
    (local.set $end
      (i32.add (local.get $a) (i32.shl (i32.and (local.get $n) (i32.const -8)) (i32.const 1))))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $a) (local.get $end)))
        (local.set $d (i16x8.sub (v128.load (local.get $a)) (v128.load (local.get $b))))
        (local.set $d (i32x4.dot_i16x8_s (local.get $d) (local.get $d)))
        (local.set $sum
          (i64x2.add (local.get $sum)
            (i64x2.add
              (i64x2.extend_low_i32x4_u (local.get $d)) (i64x2.extend_high_i32x4_u (local.get $d)))))
        (local.set $a (i32.add (local.get $a) (i32.const 16)))
        (local.set $b (i32.add (local.get $b) (i32.const 16)))
        (br $next)))
    (local.set $end
      (i32.add (local.get $a) (i32.shl (i32.and (local.get $n) (i32.const 7)) (i32.const 1))))
    (block $finished
      (loop $more
        (br_if $finished (i32.ge_u (local.get $a) (local.get $end)))
        (local.set $one
          (i32.sub (i32.load16_s (local.get $a)) (i32.load16_s (local.get $b))))
        (local.set $rest
          (f64.add (local.get $rest)
            (f64.convert_i32_u (i32.mul (local.get $one) (local.get $one)))))
        (local.set $a (i32.add (local.get $a) (i32.const 2)))
        (local.set $b (i32.add (local.get $b) (i32.const 2)))
        (br $more)))
    (f64.add (local.get $rest)
      (f64.convert_i64_u
        (i64.add
          (i64x2.extract_lane 0 (local.get $sum)) (i64x2.extract_lane 1 (local.get $sum))))))

  ;; int32 $to[i] += |$a[4i] - $b[4i]| + ... + |$a[4i + 3] - $b[4i + 3]|; uint8, $n samples
  (func (export "changes8") (param $a i32) (param $b i32) (param $to i32) (param $n i32)
    (local $end i32) (local $va v128) (local $vb v128)
    (local.set $end (i32.add (local.get $a) (local.get $n)))
    (loop $next
      (local.set $va (v128.load (local.get $a)))
      (local.set $vb (v128.load (local.get $b)))
      (v128.store (local.get $to)
        (i32x4.add (v128.load (local.get $to))
          (i32x4.extadd_pairwise_i16x8_u
            (i16x8.extadd_pairwise_i8x16_u
              (v128.or
                (i8x16.sub_sat_u (local.get $va) (local.get $vb))
                (i8x16.sub_sat_u (local.get $vb) (local.get $va)))))))
      (local.set $a (i32.add (local.get $a) (i32.const 16)))
      (local.set $b (i32.add (local.get $b) (i32.const 16)))
      (local.set $to (i32.add (local.get $to) (i32.const 16)))
      (br_if $next (i32.lt_u (local.get $a) (local.get $end)))))

  ;; The same of int16 samples
  (func (export "changes16") (param $a i32) (param $b i32) (param $to i32) (param $n i32)
    (local $end i32) (local $va v128) (local $vb v128) (local $low v128) (local $high v128)
    (local.set $end (i32.add (local.get $a) (i32.shl (local.get $n) (i32.const 1))))
    (loop $next
      (local.set $va (v128.load (local.get $a)))
      (local.set $vb (v128.load (local.get $b)))
      (local.set $low
        (i32x4.extadd_pairwise_i16x8_s
          (i16x8.sub
            (i16x8.max_s (local.get $va) (local.get $vb))
            (i16x8.min_s (local.get $va) (local.get $vb)))))
      (local.set $va (v128.load offset=16 (local.get $a)))
      (local.set $vb (v128.load offset=16 (local.get $b)))
      (local.set $high
        (i32x4.extadd_pairwise_i16x8_s
          (i16x8.sub
            (i16x8.max_s (local.get $va) (local.get $vb))
            (i16x8.min_s (local.get $va) (local.get $vb)))))
      (v128.store (local.get $to)
        (i32x4.add (v128.load (local.get $to))
          (i32x4.add
            (i8x16.shuffle 0 1 2 3 8 9 10 11 16 17 18 19 24 25 26 27
              (local.get $low) (local.get $high))
            (i8x16.shuffle 4 5 6 7 12 13 14 15 20 21 22 23 28 29 30 31
              (local.get $low) (local.get $high)))))
      (local.set $a (i32.add (local.get $a) (i32.const 32)))
      (local.set $b (i32.add (local.get $b) (i32.const 32)))
      (local.set $to (i32.add (local.get $to) (i32.const 16)))
      (br_if $next (i32.lt_u (local.get $a) (local.get $end)))))
)
