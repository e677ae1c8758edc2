#include "simulator/documents.h"

#include <array>
#include <cstdint>
#include <vector>

namespace dbss_sim {
namespace {

void append_little_endian(std::string& out, std::uint32_t value, int bytes) {
  for (int i = 0; i < bytes; ++i, value >>= 8) out += static_cast<char>(value & 0xff);
}

std::uint32_t crc32(std::string_view text) {
  std::uint32_t crc = 0xffffffffU;
  for (const char c : text) {
    crc ^= static_cast<unsigned char>(c);
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ (0xedb88320U & (0U - (crc & 1U)));
  }
  return ~crc;
}

// What the local header and the directory entry of a stored file have in common.
std::string zip_fields(std::string_view name, std::string_view content) {
  const auto size = static_cast<std::uint32_t>(content.size());
  std::string out;
  append_little_endian(out, 20, 2);          // version needed
  append_little_endian(out, 0, 2);           // flags
  append_little_endian(out, 0, 2);           // stored
  append_little_endian(out, 0x00210000, 4);  // midnight of 1980-01-01
  append_little_endian(out, crc32(content), 4);
  append_little_endian(out, size, 4);
  append_little_endian(out, size, 4);
  append_little_endian(out, static_cast<std::uint32_t>(name.size()), 2);
  append_little_endian(out, 0, 2);  // no extra field
  return out;
}

std::string decimal(std::size_t value, std::size_t width) {
  std::string digits = std::to_string(value);
  return digits.insert(0, width - digits.size(), '0');
}

}  // namespace

std::string pdf_document(std::string_view line) {
  std::string shown;
  for (const char c : line) {
    if (c == '(' || c == ')' || c == '\\') shown += '\\';
    shown += c;
  }
  const std::string stream = "BT /F1 12 Tf 72 720 Td (" + shown + ") Tj ET";
  const std::array<std::string, 5> objects{
      "<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
      "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
      "/Resources << /Font << /F1 5 0 R >> >> >>",
      "<< /Length " + std::to_string(stream.size()) + " >>\nstream\n" + stream + "\nendstream",
      "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"};
  std::string out = "%PDF-1.4\n";
  std::string table = "xref\n0 6\n0000000000 65535 f \n";
  for (std::size_t i = 0; i < objects.size(); ++i) {
    table += decimal(out.size(), 10) + " 00000 n \n";
    out += std::to_string(i + 1) + " 0 obj\n" + objects[i] + "\nendobj\n";
  }
  const std::string table_at = std::to_string(out.size());
  return out + table + "trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n" + table_at + "\n%%EOF\n";
}

std::string zip_archive(std::string_view name, std::string_view content) {
  const std::string fields = zip_fields(name, content);
  std::string out = "PK\x03\x04" + fields;
  out.append(name).append(content);
  const auto directory_at = static_cast<std::uint32_t>(out.size());
  out += "PK\x01\x02";
  append_little_endian(out, 20, 2);  // made by
  out += fields;
  out.append(2 + 2 + 2 + 4 + 4, '\0');  // comment size, disk, attributes, offset of the local header
  out.append(name);
  const auto directory_size = static_cast<std::uint32_t>(out.size()) - directory_at;
  out += "PK\x05\x06";
  append_little_endian(out, 0, 4);  // disks
  append_little_endian(out, 1, 2);
  append_little_endian(out, 1, 2);
  append_little_endian(out, directory_size, 4);
  append_little_endian(out, directory_at, 4);
  append_little_endian(out, 0, 2);
  return out;
}

}  // namespace dbss_sim
