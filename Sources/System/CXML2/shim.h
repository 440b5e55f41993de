#pragma once
#include <libxml/xmlreader.h>
// Options of the parser as an int: no file and no network is ever read, and entities stay references.
static inline int cxml2_options(void) { return XML_PARSE_NONET | XML_PARSE_NOCDATA | XML_PARSE_COMPACT; }
// Whether the document's own type declares entities. Asked of the node that the reader stands on, because asking the
// reader for its document would make the caller its owner.
static inline int cxml2_declares_entities(xmlTextReaderPtr reader) {
  xmlNodePtr node = xmlTextReaderCurrentNode(reader);
  xmlDtdPtr type = node && node->doc ? node->doc->intSubset : NULL;
  return type && (type->entities || type->pentities);
}
static inline const char *cxml2_name(xmlTextReaderPtr reader) { return (const char *)xmlTextReaderConstName(reader); }
static inline const char *cxml2_value(xmlTextReaderPtr reader) { return (const char *)xmlTextReaderConstValue(reader); }
