# Turns Markdown of docs/ into what go-md2man makes a manual page of, for 80 columns: a title and NAME come first, the
# document's heading becomes DESCRIPTION, tables become lists of terms, and of links their text stays.
# Variables: page, section, version, date, brief. Two columns are a term and what it means; of more, those between carry
# the name of their column, but for the first, which says what kind of thing the term is.

BEGIN {
  printf "%% %s %s \"%s\" \"dbssd %s\"\n\n# NAME\n\n%s - %s\n\n", page, section, date, version, page, brief
}

function without_links(text,   head, tail, from) {
  while (match(text, /\]\([^)]*\)/)) {
    head = substr(text, 1, RSTART - 1)
    tail = substr(text, RSTART + RLENGTH)
    for (from = length(head); from > 0 && substr(head, from, 1) != "["; --from);
    text = substr(head, 1, from - 1) substr(head, from + 1) tail
  }
  return text
}

function cells_of(row, cells,   count, i) {
  gsub(/\\\|/, "\001", row)
  sub(/^\| */, "", row)
  sub(/ *\| *$/, "", row)
  count = split(row, cells, / *\| */)
  for (i = 1; i <= count; ++i) gsub(/\001/, "|", cells[i])
  return count
}

/^```/ { in_code = !in_code; if (in_code) print ""; next }
in_code { print "    " $0; next }

/^\|/ {
  if (!in_table) {
    in_table = 1
    cells_of($0, columns)
  } else if ($0 !~ /^\|[-|: ]+$/) {
    count = cells_of($0, cells)
    text = ""
    for (i = 2; i < count; ++i)
      text = text (i == 2 ? "" : "; " (cells[i] == "required" ? "" : columns[i] ": ")) cells[i]
    if (text != "") text = text ". "
    print cells[1]
    print ": " without_links(text cells[count])
    print ""
  }
  next
}
{ in_table = 0 }

/^# / { print "# DESCRIPTION"; next }
/^#/ {
  sub(/^#/, "")
  if ($0 ~ /^# /) $0 = toupper($0)
}
{
  gsub(/\*\*`|`\*\*/, "`")  # one face inside of another ends both
  print without_links($0)
}
