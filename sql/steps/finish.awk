# sql/steps/finish.awk - prints the end of the update script to the current
# version, from backorder.control and the parts of the install script.
#
# An update ends with the functions, views, comments and rights of the install
# script, so a step states only what else it changes: tables, indexes, triggers,
# policies, and what it drops or renames.  Functions get the module of the new
# version in this way, too.
#
# A statement begins at the start of a line and ends with a semicolon at the end
# of a line, outside quotes; the body of an SQL function ends with a line "END;",
# that of a procedure with its dollar quote.

/^comment = / { sub(/^comment = /, "COMMENT ON EXTENSION backorder IS "); $0 = $0 ";" }
/^CREATE (FUNCTION|PROCEDURE|VIEW) / { sub(/^CREATE/, "CREATE OR REPLACE"); printing = 1 }
/^COMMENT ON / || /^SELECT backorder\.regrant\(\);$/ { printing = 1 }
/^BEGIN ATOMIC$/ { in_body = "^END;$" }
/^AS [$]procedure[$]$/ { in_body = "[$]procedure[$];$" }

printing { print }
printing && !/^[ \t]*--/ { quotes += gsub(/'/, "'") }

!/^[ \t]*--/ && $0 ~ (in_body ? in_body : ";$") && quotes % 2 == 0 { printing = quotes = 0; in_body = "" }
