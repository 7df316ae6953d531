-- The state machines of the pure-Lua segmenters. GENERATED from the data of ICU4X (the crate icu_segmenter,
-- its `new_neo` segmenters) by test/rust/tables.rs; do not edit: `BLESS=1 cargo test tables` rewrites this file.
--
-- symbols: the symbol of every code point, as runs in ascending order. A run is a letter ("a" is symbol 1,
--          "b" is symbol 2, ...) and the number of code points that it covers, left out when it is 1. The
--          letter is a capital if a segment with one of these code points is a word. Each line starts with
--          the code point of its first run in hexadecimal, for the reader only.
-- states:  a row per state, first the start state, which is number 0: whether a segment can stop here (1 or
--          0), then the state that follows on symbol 1, 2, ... (0: none).

return {
  grapheme = {
    symbols = [[
000000: c10 i c2 a c18 r95 c33 r9 d r3 c d r593 e112 r275 e7 r263 e45 r e r e2 r e2 r e3 r54 m6 r10
000610: e11 r c r46 e21 r16 e r101 e7 m r e6 r2 e2 r e4 r33 m r e r30 e27 r91 e11 r58 e9 r9 e r24 e4
00081A: r e9 r e3 r e5 r43 e3 r52 m2 r5 e9 r42 e24 m e32 o r17 l37 e o e r o3 e8 o4 f o2 r e7 l8 r2
000962: e2 r20 l8 r e o2 r17 l20 r l7 r l r3 l4 r2 e r e o2 e4 r2 o2 r2 o2 f r9 e r4 l2 r l r2 e2
0009E4: r12 l2 r12 e r2 e2 o r56 e r o3 e2 r4 e2 r2 e3 r3 e r30 e2 r3 e r11 e2 o r17 l20 r l7 r l2 r
000AB5: l5 r2 e r o3 e5 r e2 o r o2 f r20 e2 r21 l e6 r e o2 r17 l20 r l7 r l2 r l5 r2 e r e2 o e4
000B45: r2 o2 r2 o2 f r5 e5 r4 l2 r l r2 e2 r13 l r16 e r59 e o e o2 r3 o3 r o3 e r9 e r40 e o3 e
000C05: r16 l20 r l16 r2 e r e3 o4 r e3 r e3 f r7 e2 r l3 r7 e2 r29 e o2 r56 e r o e2 o e o2 r e3 r
000CCA: e4 r7 e2 r11 e2 r15 o r12 e2 o2 r17 l38 e2 r e o2 e4 r o3 r o3 f m r8 e r10 e2 r29 e o2 r70
000DCA: e r4 e o2 e3 r e r o7 e r18 o2 r61 e r o e7 r12 e8 r98 e r o e9 r11 e7 r73 e2 r27 e r e r e
000F3A: r4 o2 r49 e14 o e5 r e2 r5 e11 r e36 r9 e r57 l43 r2 e4 o e6 r f e o2 e2 l r16 l6 o2 e2 l4
00105E: e3 l r3 l2 r7 l3 e4 l13 e r o e2 r6 e l r14 e r98 h96 q72 p88 r349 e3 r946 e4 r28 e3 r29 e2
001754: r30 e2 r12 l52 e2 o e7 o8 e o2 e9 f e r9 e r45 e3 c e r117 e2 r34 e r118 e3 o4 e2 o3 r4 o2 e
001933: o6 e3 r219 e2 o2 e r4 l53 o e o e7 r f r e r2 e8 o6 e10 r2 e r48 e65 r15 e4 o r6 l2 r6 l33
001B34: e10 o4 e2 f l8 r30 e9 r12 e2 o l30 o e4 o2 e3 f e2 l2 r11 l3 r40 e o e2 o3 e o e5 r48 o8 e8
001C34: o2 e2 r152 e3 r e13 o e7 r4 e r6 e b2 o e2 r198 e64 r523 c g s c2 r24 c7 r13 d r12 d r22 c16
002070: r96 e33 r49 d r22 d r90 d6 r15 d2 r367 d2 r12 d r166 d r25 d11 r4 d3 r199 d r231 d2 r10 d r9
0025C0: d r58 d4 r d5 r9 d r2 d r2 d2 r2 d r4 d r2 d r d2 r2 d r3 d r3 d2 r8 d3 r5 d r d r5 d12 r11
00265F: d2 r2 d r d2 r d r18 d r2 d2 r18 d6 r d r d2 r3 d2 r5 d r2 d2 r4 d2 r11 d2 r5 d2 r2 d r5 d2
0026D0: r d r d2 r20 d2 r5 d6 r d4 r2 d r4 d r2 d r2 d6 r d r2 d r d r d r6 d r3 d r6 d r10 d2 r15 d
002745: r2 d r4 d r d r4 d3 r d r11 d2 r48 d3 r9 d r14 d r14 d r372 d2 r463 d3 r19 d2 r51 d r4 d
002B56: r409 e3 r141 e r96 e32 r554 e6 d r12 d r91 e2 r508 d r d r29653 e4 r e10 r32 e2 r80 e2 r272
00A802: e r3 e r4 e r23 o2 e2 o r4 e r83 o2 r50 o16 e2 r26 e18 r13 e r38 e8 r25 e11 o e r12 h29 r3
00A980: e3 o r5 l3 r3 l36 e o2 e4 o2 e2 o2 f r31 l5 e r l9 r10 l5 r42 e6 o2 e2 o2 e2 r12 e r8 e o
00AA4E: r18 l16 r l3 r6 l r e r l2 r48 e r e3 r2 e2 r5 e2 r e r30 l11 o e2 o2 r5 o f r201 l27 r8 o2
00ABE5: e o2 e o2 r o e r18 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27
00AD50: j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j
00AEF5: k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j
00B099: k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j
00B23D: k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j
00B3E1: k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j
00B585: k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j
00B729: k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j
00B8CD: k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j
00BA71: k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j
00BC15: k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j
00BDB9: k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j
00BF5D: k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j
00C101: k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j
00C2A5: k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j
00C449: k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j
00C5ED: k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j
00C791: k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j
00C935: k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j
00CAD9: k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j
00CC7D: k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j
00CE21: k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j
00CFC5: k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j
00D169: k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j
00D30D: k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j
00D4B1: k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j
00D655: k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 j k27 r12 q23 r4 p49 r8994 e
00FB1F: r737 e16 r16 e16 r207 c r158 e2 r80 c12 r513 e r226 e r149 e5 r1669 l e3 r e2 r5 e4 l4 r l3
010A18: r l29 r2 e3 r4 f r165 e2 r573 e4 r65 e5 r317 e2 r30 e5 r32 e16 r70 e11 r49 e4 r122 o e o r53
011038: e15 r41 e r2 e2 r10 e3 o r45 o3 e4 o2 e2 r2 m r4 e r10 m r50 e3 l36 e5 o e6 f e r15 l o2 l
011148: r43 e r12 e2 o r48 o3 e9 o e r m2 r5 e4 r o e r92 o3 e3 o2 e4 r6 e r2 e r157 e o3 e8 r21 e2
011302: o2 r55 e2 r e o e o4 r2 o2 r2 o2 e r9 e r10 o2 r2 e7 r3 e5 r11 l10 r l r2 l r l38 r2 e o2 e6
0113C1: r e r2 e r e3 o r o2 e2 f m e r14 e2 r82 o3 e8 o2 e3 o e r23 e r81 e o2 e6 o e o2 e o e2 o
0114C2: e2 r235 e o2 e4 r2 o4 e2 o e2 r27 e2 r82 o3 e8 o2 e o e2 r106 e o e o2 e8 r101 e o e r2 e4 o
011727: e5 r256 o3 e9 o e2 r197 l7 r2 l r2 l8 r l2 r l24 e o5 r o2 r2 e3 f m o m o e r141 o3 e4 r2
0119DA: e2 o4 e r3 o r27 l e10 l40 e6 o b e4 r8 f r8 l e6 o2 e3 l40 m6 e13 o e f r112 l r85 e o e3 o
011B66: e o r199 o e7 r e6 o e r82 e22 r o e7 o e2 o e2 r122 e6 r3 e r e2 r e7 m e r66 o5 r e2 r o2
011D95: e o e r88 e l r257 e2 o2 r9 e2 m o l13 r l34 o2 e5 r3 o2 e2 f r23 e r5333 c16 e r6 e15
013456: r11464 e12 o3 e3 r2496 e5 r59 e7 r556 q r3 q4 r484 e r o55 r7 e4 r81 e r11 e2 r19627 e2 r c4
01BCA4: r4700 e46 r2 e23 r480 e2 r60 e5 r3 e6 c8 e8 r2 e7 r30 e4 r148 e3 r11 e3 r8 e2 r2 e r32 e2
01D282: r1918 e55 r4 e50 r8 e r14 e r22 e5 r e15 r1360 e7 r e17 r2 e7 r e2 r e5 r100 e r160 e7 r375
01E2AE: e r61 e4 r508 e4 r254 e2 r243 e r2 e r7 e2 r5 e r474 e7 r109 e7 r1721 d r39 d4 r100 d12 r15
01F0AF: d2 r15 d r14 d2 r37 d10 r112 d2 r12 d2 r14 d r2 d10 r20 d55 n26 r d15 r10 d r20 d r2 d9 r d4
01F240: r9 d23 r6 d188 r2 d112 r2 d2 r d3 r2 d83 r2 d3 r d4 e5 d254 r d63 r11 d6 r d24 r7 d2 r2 d8
01F57B: r12 d r2 d4 r2 d r4 d2 r13 d2 r2 d r8 d2 r9 d r5 d3 r12 d3 r8 d3 r2 d r d r4 d r6 d r3 d r6
01F5FA: d86 r48 d70 r5 d8 r2 d17 r3 d r d6 r2 d13 r220 d21 r27 d4 r56 d8 r10 d6 r40 d8 r30 d2 r12 d4
01F8C0: r2 d14 r9 d39 r12 d47 r d10 r d185 r88 d8 r14 d146 r256 d1022 r786434 c32 e96 c128 e240
0E01F0: c3600 r192512
]],
    states = {
      { 0, 1, 7, 2, 3, 13, 7, 13, 8, 2, 12, 11, 13, 9, 10, 13, 11, 12, 13, 13 },
      { 1, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 },
      { 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 },
      { 1, 0, 0, 0, 0, 3, 4, 3, 0, 0, 0, 0, 0, 0, 0, 13, 0, 0, 0, 6 },
      { 1, 0, 0, 0, 0, 4, 4, 3, 0, 0, 0, 0, 13, 0, 0, 13, 0, 0, 0, 5 },
      { 1, 0, 0, 0, 3, 7, 7, 13, 0, 0, 0, 0, 13, 0, 0, 13, 0, 0, 0, 7 },
      { 1, 0, 0, 0, 3, 13, 7, 13, 0, 0, 0, 0, 0, 0, 0, 13, 0, 0, 0, 13 },
      { 1, 0, 0, 0, 0, 7, 7, 13, 0, 0, 0, 0, 13, 0, 0, 13, 0, 0, 0, 7 },
      { 1, 0, 0, 0, 0, 13, 7, 13, 8, 0, 12, 11, 0, 0, 0, 13, 0, 12, 0, 13 },
      { 1, 0, 7, 0, 3, 13, 7, 13, 8, 0, 12, 11, 13, 9, 10, 13, 11, 12, 13, 13 },
      { 1, 0, 0, 0, 0, 13, 7, 13, 0, 0, 0, 0, 0, 0, 13, 13, 0, 0, 0, 13 },
      { 1, 0, 0, 0, 0, 13, 7, 13, 0, 0, 0, 0, 0, 0, 0, 13, 11, 0, 0, 13 },
      { 1, 0, 0, 0, 0, 13, 7, 13, 0, 0, 0, 0, 0, 0, 0, 13, 11, 12, 0, 13 },
      { 1, 0, 0, 0, 0, 13, 7, 13, 0, 0, 0, 0, 0, 0, 0, 13, 0, 0, 0, 13 },
    },
  },
  word = {
    symbols = [[
000000: s10 j n2 c s18 r s d s4 q s4 l s m s O10 k l s5 B26 s4 f s B26 s10 n s35 e B s2 g e s3 S2 s
0000B5: B s k b S B s S3 s B23 s B31 s B458 b4 B12 b6 s6 b2 B5 b7 B b B b17 g69 G g29 G13 B5 s B2 s2
00037A: B4 l B s6 B k B3 s B s B20 s B83 s B139 s g7 B166 s B38 s B2 b3 s b k B41 l b B2 s4 g31 G14
0005BE: s G s G2 s G2 s G3 s6 H27 s4 H4 b k s11 o6 s6 l2 s2 G11 s g s3 B43 G13 g G7 O10 s o l s B2 G
000671: B99 s B G7 o s g2 G4 B2 G2 s g3 G B2 O10 B3 s2 B s15 b B G B30 G16 g11 s2 B89 G11 B s14 O10
0007CA: B33 g9 B2 s2 l s B s2 g s2 B22 G2 g2 B G9 B G3 B G4 g s18 B25 g3 s4 B11 s5 B24 s B7 o2 s5 G
000898: g8 B42 g10 G12 g2 o G7 g6 G20 B54 G2 g B G15 g G2 B g4 G3 B10 G2 s2 O10 s B16 G3 s B8 s2 B2
000991: s2 B22 s B7 s B s3 B4 s2 g B G7 s2 G2 s2 G2 g B s8 G s4 B2 s B3 G2 s2 O10 B2 s2 S6 s2 B s g
0009FF: s2 G3 s B6 s4 B2 s2 B22 s B7 s B2 s B2 s B2 s2 g s G5 s4 G2 s2 G2 g s3 G s7 B4 s B s7 O10 G2
000A72: B3 G s11 G3 s B9 s B3 s B22 s B7 s B2 s B5 s2 g B G8 s G3 s G2 g s2 B s15 B2 G2 s2 O10 s9 B
000AFA: G3 g3 s G3 s B8 s2 B2 s2 B22 s B7 s B2 s B5 s2 g B G7 s2 G2 s2 G2 g s5 g3 G2 s4 B2 s B3 G2
000B64: s2 O10 s B S6 s10 G B s B6 s3 B3 s B4 s3 B2 s B s B2 s3 B2 s3 B3 s3 B12 s4 G5 s3 G3 s G3 g
000BCE: s2 B s6 G s14 O10 S3 s13 G5 B8 s B3 s B23 s B16 s2 g B G7 s G3 s G3 g s7 G2 s B3 s B2 s2 B2
000C62: G2 s2 O10 s8 S7 s B G3 s B8 s B3 s B23 s B10 s B5 s2 g B G7 s G3 s G3 g s7 G2 s5 B3 s B2 G2
000CE4: s2 O10 s B2 G s12 G4 B9 s B3 s B41 g2 B G7 s G3 s G3 g B s5 B3 G S7 B3 G2 s2 O10 S9 s B6 s
000D81: G3 s B18 s3 B24 s B9 s B s2 B7 s3 g s4 G6 s G s G8 s6 O10 s2 G2 s13 S48 G S2 G7 s5 S7 g6 G g
000E4F: s O10 s39 S2 s S s S5 s S24 s S s S10 G S2 G6 g G2 S s2 S5 s S s g5 G g s O10 s2 S4 s32 B
000F01: s23 g2 s6 O10 S10 s g s g s g s4 g2 B8 s B36 s4 G19 g s g2 B5 G11 s G36 s9 g s57 S43 G12 g G
001039: g2 G4 S O10 s6 S6 G4 S4 G3 S G3 S2 G7 S3 G4 S13 G12 S G O10 G4 s2 B38 s B s5 B s2 B43 s B333
001249: s B4 s2 B7 s B s B4 s2 B41 s B4 s2 B33 s B4 s2 B7 s B s B4 s2 B15 s B57 s B4 s2 B67 s2 g3 s9
001369: S20 s3 B16 s16 B86 s2 B6 s3 B620 s2 B17 r B26 s5 B75 s3 B11 s7 B18 G2 g2 s9 B19 G2 g s11 B18
001752: G2 s12 B13 s B3 s G2 s12 S52 g2 G19 g11 s3 S s4 S g s2 O10 s6 S10 s17 g5 O10 s6 B89 s7 B5 G2
001887: B34 G B s5 B70 s10 B31 s G12 s4 G9 g3 s10 O10 S30 s2 S5 s11 S44 s4 S26 s6 O11 s37 B23 G5 s4
001A20: S53 G10 s g G20 g8 s2 g O10 s6 O10 s13 S s8 g15 G2 g11 G3 g34 s15 G5 B47 g G15 g B8 s3 O10
001B5A: s17 g9 s12 G3 B30 G9 g2 G2 B2 O10 B44 g G11 g2 s12 B36 G19 g s8 O10 s3 B3 O10 B36 s2 B11 s5
001C90: B43 s2 B3 s16 g3 s g21 B4 g B6 g B2 g3 B s5 B192 g19 G34 g11 B278 s2 B6 s2 B38 s2 B6 s2 B8 s
001F59: B s B s B s B31 s2 B53 s B7 s B s3 B3 s B7 s3 B4 s2 B6 s4 B13 s5 B3 s B7 s3 r7 s r3 s g t g2
002010: s8 m2 s10 m s2 k n2 g5 f s12 e s2 f2 s3 l s4 e s10 f s10 r g5 s g10 S B s2 S6 s5 B S10 s5
00208F: B17 s48 g33 s17 B s4 B s2 B10 s B s3 B5 s4 e s B s B s B s B4 s B10 A s2 B4 s5 B5 s4 B s S16
002160: B41 S s10 e6 s15 e2 s367 e2 s12 e s166 e s25 e11 s4 e3 s101 S60 s26 B12 A B39 S22 s170 e2
0025AC: s10 e s9 e s58 e4 s e5 s9 e s2 e s2 e2 s2 e s4 e s2 e s e2 s2 e s3 e s3 e2 s8 e3 s5 e s e s5
002648: e12 s11 e2 s2 e s e2 s e s18 e s2 e2 s18 e6 s e s e2 s3 e2 s5 e s2 e2 s4 e2 s11 e2 s5 e2 s2
0026C8: e s5 e2 s e s e2 s20 e2 s5 e6 s e4 s2 e s4 e s2 e s2 e6 s e s2 e s e s e s6 e s3 e s6 e s10
002733: e2 s15 e s2 e s4 e s e s4 e3 s e s11 e2 s17 S30 s e3 s9 e s14 e s14 e s372 e2 s463 e3 s19 e2
002B1D: s51 e s4 e s170 B229 s6 B4 g3 B2 s9 S s2 B38 s B s5 B s2 B56 s7 B s15 g B23 s9 B7 s B7 s B7
002DB7: s B7 s B7 s B7 s B7 s B7 s G32 s47 B s464 r s4 B S2 s25 S9 g6 e I5 s2 S3 B2 e s3 S86 s2 g2
00309B: i2 S3 i I90 s I4 s5 B43 s B94 s3 S4 s10 B32 s48 I16 s32 S10 s30 S8 s S15 s32 S10 s13 e s e
00329A: s23 S15 s16 i47 s i88 s168 S6592 s64 S20992 B1165 s67 B46 s2 B269 s3 B16 O10 B2 s20 B47 g4 s
00A674: G8 g2 s B31 G2 B80 g2 s22 b15 B9 b2 B103 b2 B83 s4 B s14 B17 G B3 g B4 G B23 G5 s4 g s3 S6
00A836: s10 B52 s12 G2 B50 G16 g G s10 O10 s6 g18 B6 s3 B s B2 G O10 B28 G5 g3 s2 B23 G12 g s12 B29
00A97D: s3 G4 B47 g G12 g s14 B O10 s6 S5 G S10 O10 S5 s B41 G14 s9 B3 G B8 G2 s2 O10 s6 S23 s3 S G3
00AA7E: S50 G S G3 S2 G2 S5 G g S g S s24 S3 s2 B11 G5 s2 B3 G g s10 B6 s2 B6 s2 B6 s9 B7 s B7 s B43
00AB5B: b B14 s2 B2 s2 B115 G8 s g2 s2 O10 s6 B11172 s12 B23 s4 B49 s8452 S366 s2 S106 s38 B7 s12 B5
00FB18: s5 H G H10 s H13 s H5 s H s H2 s H2 s H10 B98 s33 B363 s18 B64 s2 B54 s40 B12 s4 g16 s3 k
00FE14: s12 g16 s3 f2 s24 f3 l s m s l k s26 B5 s B135 s2 g s7 m s4 l s m s O10 k l s5 B26 s4 f s
00FF41: B26 s11 I56 G2 B31 s3 B6 s2 B6 s2 B6 s2 B3 s28 g3 s4 B12 s B26 s B19 s B2 s B15 s2 B14 s34
010080: B123 s12 S45 s12 B53 S4 s17 S2 s113 g s130 B29 s3 B49 s15 g S27 s4 B32 S4 s9 B30 s5 B38 G5
01037B: s5 B30 s2 B36 s4 B8 s B5 s42 B158 s2 O10 s6 B36 s4 B36 s4 B40 s8 B52 s12 B11 s B15 s B7 s B2
010596: s B11 s B15 s B7 s B2 s3 B52 s12 B311 s9 B22 s10 B8 s24 B6 s B42 s B14 s64 B6 s2 B s B44 s
010837: B2 s3 B s2 B23 s2 S8 B23 s2 S7 B31 s8 S9 s48 B19 s B2 s5 S5 B22 S6 s4 B26 s6 B26 s38 B56 s4
0109BC: S2 B2 S16 s2 S46 B G3 s G2 s5 G4 B4 s B3 s B29 s2 g3 s4 g S9 s23 B29 S2 s B29 S3 s32 B8 s
010AC9: B28 g2 s4 S5 s16 B54 s10 B22 s2 S8 B19 s5 S8 B18 s23 S7 s80 B73 s55 B51 s13 B51 s7 S6 B36 G4
010D28: s8 O10 s6 O10 B28 s3 G g4 s B23 s218 S31 s B42 s G2 s3 B2 s16 B6 s3 G3 g2 s9 B22 s g3 G g G
010EF6: g G2 g G3 g3 B29 S10 B s8 B22 g11 S4 s27 B18 g4 s42 B21 S7 s20 B23 s9 G3 B53 G14 g s11 S20
011066: O10 g B2 G2 B s9 g G3 B45 G9 g2 s2 o s4 G s10 o s2 B25 s7 O10 s6 G3 B36 G12 g2 s O10 s4 B G2
011147: B s8 B35 g s2 B s9 G3 B48 G13 g B4 s4 g4 s G2 O10 B s B s4 S20 s11 B18 s B25 G9 g2 G s6 G B2
011241: G s62 B7 s B s B4 s B15 s B10 s7 B47 G10 g2 s5 O10 s6 G4 s B8 s2 B2 s2 B22 s B7 s B2 s B5 s
01133B: g2 B G7 s2 G2 s2 G2 g s2 B s6 G s5 B5 G2 s2 g7 s3 g5 s11 B10 s B s2 B s B38 s B G9 s G s2 G
0113C6: s G4 s G2 g3 B g B s13 g2 s29 B53 G13 g G3 g B4 s5 O10 s4 g B3 s30 B48 G18 g2 B2 s B s8 O10
0114DA: s166 B47 G7 s2 G7 g2 s23 B4 G2 s34 B48 G15 g G s3 B s11 O10 s38 B43 G11 g2 B s7 O10 s6 O20
0116E4: s28 S27 s2 G14 g s4 O10 S2 s4 S7 s185 B44 G13 g2 s101 B64 O10 S9 s12 B8 s2 B s2 B8 s B2 s
011918: B24 G6 s G2 s2 G2 g2 B G B G g s12 O10 s70 B8 s2 B39 G7 s2 G6 g B s B G s27 B G10 B40 g2 G5
011A3A: B G4 s8 g s8 B G11 B46 G14 g2 s3 B s18 B73 s17 B s85 G8 s88 B33 s15 O10 s6 B9 s B37 G8 s G7
011C3F: g B s15 O10 S19 s5 B30 s2 G22 s G14 s73 B7 s B2 s B38 G6 s3 G s G2 s G3 g G g2 B G s8 O10 s6
011D60: B6 s B2 s B32 G5 s G2 s G4 g B s7 O10 s6 B44 s4 O10 s6 G B s238 B19 G4 s9 G2 B G B13 s B34
011F34: G7 s3 G3 g2 s13 O10 g s85 B s15 S21 s43 B922 s102 B112 s5 B207 s12 B311 s2313 B97 s15 B1072
013430: g17 B6 g15 s10 B3995 s5 B583 s6841 B30 G17 g O10 s1734 B569 s7 B31 s O10 s6 B79 s O10 s6 B30
016AEE: s2 g5 s11 B48 g7 s9 B4 s12 O10 s S7 s B21 s5 B19 s432 B45 s3 O10 s198 B64 S23 s9 B25 s2 B25
016ED4: s44 B75 s4 G B G55 s7 G4 B13 s64 B2 s B g s11 G2 S5 s9 S7387 s36 S34 s95 S115 s13 S914 s14
0191A0: S51 s7709 I4 s I7 s I2 s I S287 I3 S I5 s9 S s29 S3 s2 I s14 I5 s7 S396 s2308 B107 s5 B13 s3
01BC80: B9 s7 B10 s3 g G s g4 s4172 O10 s518 g46 s2 g23 s480 g2 s60 g5 s3 g22 s2 g7 s30 g4 s148 g3
01D245: s11 g3 s8 g2 s2 g s32 g2 s62 S20 s12 S20 s108 S25 s135 B85 s B71 s B2 s2 B s2 B2 s2 B4 s B12
01D4BA: s B s B7 s B65 s B4 s2 B8 s B7 s B28 s B4 s B5 s B s3 B7 s B341 s B25 s B25 s B31 s B25 s
01D716: B31 s B25 s B31 s B25 s B31 s B25 s B8 s2 O50 s512 g55 s4 g50 s8 g s14 g s22 g5 s g15 s1104
01DF00: B130 s14 B7 s54 B51 G7 s G17 s2 G7 s G2 s G5 s5 B62 s33 G s112 B45 s3 g7 B7 s2 O10 s4 B s321
01E290: B30 g s17 B44 g4 O10 s470 B28 g4 O10 s214 B30 g2 B O10 s197 B31 s B3 G B2 G B7 G2 B5 G s8 B2
01E700: s224 B7 s B4 s B2 s B15 s B197 s2 S9 g7 s41 B68 g3 G g3 B s4 O10 s791 S59 s S3 s S4 s76 S45
01ED2E: s S15 s194 B4 s B27 s B2 s B s2 B s B10 s B4 s B s B s6 B s4 B s B s B s B3 s B2 s B s2 B s
01EE59: B s B s B s B s B2 s B s2 B4 s B7 s B4 s B4 s B s B10 s B17 s5 B3 s B5 s B17 s328 e s39 e4
01F030: s100 e12 s15 e2 s15 e s14 e2 s37 e10 S13 s35 B26 s6 B26 s6 A2 B12 A2 B10 s4 e s2 e10 s20 e55
01F1E6: p26 s e15 s10 e s20 e s2 e9 s e4 s9 e23 s6 e188 s2 e112 s2 e2 s e3 s2 e83 s2 e3 s e4 g5 e254
01F4FE: s e63 s11 e6 s e24 s7 e2 s2 e8 s12 e s2 e4 s2 e s4 e2 s13 e2 s2 e s8 e2 s9 e s5 e3 s12 e3 s8
01F5DC: e3 s2 e s e s4 e s6 e s3 e s6 e86 s48 e70 s5 e8 s2 e17 s3 e s e6 s2 e13 s220 e21 s27 e4 s56
01F848: e8 s10 e6 s40 e8 s30 e2 s12 e4 s2 e14 s9 e39 s12 e47 s e10 s e185 s88 e8 s14 e146 s240 O10
01FBFA: s6 e1022 s2 S42720 s32 S4383 s S5774 s2 S7473 s15 S622 s2466 S542 s1506 S4939 s5 S8490
03347A: s39814 S11328 s656321 g s30 g96 s128 g240 s196112
]],
    states = {
      { 0, 1, 1, 5, 25, 25, 6, 25, 8, 14, 17, 25, 25, 25, 17, 18, 22, 25, 24, 25, 26 },
      { 1, 1, 1, 0, 0, 0, 2, 1, 8, 0, 0, 3, 0, 3, 0, 18, 0, 3, 0, 0, 4 },
      { 1, 1, 1, 0, 0, 0, 2, 6, 8, 14, 0, 0, 0, 0, 0, 18, 0, 0, 0, 0, 7 },
      { 0, 1, 1, 0, 0, 0, 0, 3, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3 },
      { 1, 1, 1, 0, 0, 25, 2, 1, 8, 0, 0, 3, 0, 3, 0, 18, 0, 3, 0, 0, 4 },
      { 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 17, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 },
      { 1, 1, 1, 0, 0, 0, 2, 6, 8, 14, 0, 0, 0, 0, 0, 18, 0, 0, 0, 0, 7 },
      { 1, 1, 1, 0, 0, 25, 2, 6, 8, 14, 0, 0, 0, 0, 0, 18, 0, 0, 0, 0, 7 },
      { 1, 1, 1, 0, 9, 0, 2, 8, 8, 0, 0, 3, 0, 3, 0, 18, 0, 10, 0, 0, 13 },
      { 0, 0, 0, 0, 0, 0, 0, 9, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9 },
      { 1, 1, 1, 0, 0, 0, 0, 11, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 12 },
      { 1, 1, 1, 0, 0, 0, 0, 11, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 12 },
      { 1, 1, 1, 0, 0, 25, 0, 11, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 12 },
      { 1, 1, 1, 0, 9, 25, 2, 8, 8, 0, 0, 3, 0, 3, 0, 18, 0, 10, 0, 0, 13 },
      { 1, 0, 0, 0, 0, 0, 15, 14, 0, 14, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 16 },
      { 1, 1, 1, 0, 0, 0, 2, 6, 8, 14, 0, 0, 0, 0, 0, 18, 0, 0, 0, 0, 7 },
      { 1, 1, 0, 0, 0, 25, 15, 14, 0, 14, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 16 },
      { 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 },
      { 1, 1, 1, 0, 0, 0, 19, 18, 8, 0, 0, 0, 20, 20, 0, 18, 0, 20, 0, 0, 21 },
      { 1, 1, 1, 0, 0, 0, 2, 6, 8, 14, 0, 0, 0, 0, 0, 18, 0, 0, 0, 0, 7 },
      { 0, 0, 0, 0, 0, 0, 0, 20, 0, 0, 0, 0, 0, 0, 0, 18, 0, 0, 0, 0, 20 },
      { 1, 1, 1, 0, 0, 25, 19, 18, 8, 0, 0, 0, 20, 20, 0, 18, 0, 20, 0, 0, 21 },
      { 1, 0, 0, 0, 0, 0, 0, 22, 0, 0, 0, 0, 0, 0, 0, 0, 25, 0, 0, 0, 23 },
      { 1, 1, 0, 0, 0, 25, 0, 22, 0, 0, 0, 0, 0, 0, 0, 0, 25, 0, 0, 0, 23 },
      { 1, 0, 0, 0, 0, 0, 0, 25, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 24, 0, 26 },
      { 1, 0, 0, 0, 0, 0, 0, 25, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 26 },
      { 1, 1, 0, 0, 0, 25, 0, 25, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 26 },
    },
  },
}
