# Writes the bytes of INPUT as an array in the C++ file OUTPUT, see comments.h.
file(READ ${INPUT} hex HEX)
string(LENGTH "${hex}" digits)
math(EXPR size "${digits} / 2")
string(REGEX REPLACE "(..)" "0x\\1," bytes "${hex}")
string(REPEAT "0x..," 20 line)
string(REGEX REPLACE "(${line})" "\\1\n" bytes "${bytes}")
file(WRITE ${OUTPUT} "#include \"proto/comments.h\"

namespace fnn {

const unsigned char kCommentedDescriptors[] = {
${bytes}};
const size_t kCommentedDescriptorsSize = ${size};

}  // namespace fnn
")
