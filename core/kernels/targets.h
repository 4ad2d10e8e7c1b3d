// Which instruction sets the SIMD sources are compiled for; to be included before Highway.
//
// AVX-512, AVX2 with FMA, Arm's NEON, and the baseline of the processor family. Those between the
// baseline and AVX2 are left out: machines that have no more are rare, and each set costs seconds
// of compilation in every SIMD source.

#ifndef FNN_CORE_KERNELS_TARGETS_H_
#define FNN_CORE_KERNELS_TARGETS_H_

#include "hwy/detect_compiler_arch.h"

#if HWY_ARCH_X86
#define HWY_DISABLED_TARGETS (HWY_SSSE3 | HWY_SSE4 | HWY_AVX3_DL)
#else
// The scalable vectors of SVE can't be members of a class.
#define HWY_DISABLED_TARGETS (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128)
// Every 64-bit Arm has NEON, so there is nothing to choose at run time. With g++ Highway would all
// the same, and then mark its code as in need of the AES instructions: code without the mark, such
// as a constructor that the compiler makes, could not inline it, and processors without them would
// count as without NEON. Highway chooses nothing where it is told that it can't look.
#define TOOLCHAIN_MISS_SYS_AUXV_H 1
#endif

#endif  // FNN_CORE_KERNELS_TARGETS_H_
