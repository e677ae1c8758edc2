# cmake -D OUTPUT=… -D FILES="a;b" -P embed.cmake: a C++ source with each file's bytes as an array, of which page.h
# says how they are looked up.
set(arrays "")
set(rows "")
foreach(file ${FILES})
  cmake_path(GET file FILENAME name)
  string(MAKE_C_IDENTIFIER ${name} identifier)
  file(READ ${file} bytes HEX)
  string(REGEX REPLACE "(..)" "'\\\\x\\1'," bytes "${bytes}")
  string(APPEND arrays "constexpr char ${identifier}[] = {${bytes}};\n")
  string(APPEND rows "    {\"${name}\", {${identifier}, sizeof(${identifier})}},\n")
endforeach()
file(WRITE ${OUTPUT} "#include \"telemetry/page.h\"

namespace dbssd::telemetry {
namespace {

${arrays}
constexpr PageFile kFiles[] = {
${rows}};

}  // namespace

std::span<const PageFile> page_files() { return kFiles; }

}  // namespace dbssd::telemetry
")
