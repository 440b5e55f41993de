extension ReaderScript {
  /// RSQLite with its DBI, and jsonlite; rhdf5 for arrays.
  static let r = #"""
    # Reads warehouses of Evoke (made by `evoke export reader`, version @VERSION@, from the schema).
    #
    #   source("evoke.R")
    #   w <- evoke_open("study.evoke")        # a closed warehouse, or an archive: evoke_open("paper.zip")
    #   w$layer_sweep(study = "layers", region = "heschl")      # a data.frame
    #   w$array("film/clip/original/lld12@1") # an array with named dimensions; needs rhdf5
    #   w$sql("SELECT ...", list(name = 1))
    #
    # Needs RSQLite and jsonlite. A condition is a value, NA for rows without one, or a vector of values. Columns have the types
    # of the schema whatever rows there are. The attributes `consent` and `licences` of what it returns name the strictest
    # consent and all licences of what it was made of.
    # @MEANING@

    evoke_open <- function(path) {
      # Of an archive what is asked for is unpacked until it is closed.
      unpacked <- if (utils::file_test("-f", path)) tempfile("evoke-reader-")
      within <- function(name) {
        if (is.null(unpacked)) return(file.path(path, name))
        if (!file.exists(file.path(unpacked, name))) utils::unzip(path, files = name, exdir = unpacked)
        file.path(unpacked, name)
      }
      connection <- DBI::dbConnect(
        RSQLite::SQLite(), within("catalog.sqlite"), flags = RSQLite::SQLITE_RO, bigint = "numeric")
      types <- jsonlite::fromJSON('@TYPES@')
      lineage <- "@LINEAGE@"
      w <- new.env()

      # The rows of a statement.
      w$sql <- function(text, parameters = NULL) DBI::dbGetQuery(connection, text, params = parameters)
      w$close <- function() {
        DBI::dbDisconnect(connection)
        if (!is.null(unpacked)) unlink(unpacked, recursive = TRUE)
      }

      # The strictest word of consent of all that these descend from, and all licences.
      w$consent <- function(arrays = character(), units = character(), datasets = character()) {
        # What names a dataset and no unit asks all that is in it.
        whole <- if (length(units)) character() else datasets
        asked <- lapply(list(arrays = arrays, units = units, datasets = datasets, whole = whole), function(x) {
          as.character(jsonlite::toJSON(as.character(x)))
        })
        rows <- DBI::dbGetQuery(connection, lineage, params = asked)
        words <- jsonlite::fromJSON('@WORDS@')
        said <- as.character(rows$consent)
        said[is.na(said)] <- "@UNSTATED@"
        list(consent = words[max(c(1, match(said, words)))], licences = sort(unique(stats::na.omit(as.character(rows$licence)))))
      }

      typed <- function(x, type) {
        if (type == "real") return(as.numeric(x))
        if (type == "text") return(as.character(x))
        if (type != "integer") return(x)
        x <- as.numeric(x)
        if (any(abs(x) > .Machine$integer.max, na.rm = TRUE)) x else as.integer(x)
      }

      view <- function(name, where) {
        unknown <- setdiff(names(where), names(types[[name]]))
        if (length(unknown)) stop(name, " has no ", paste(unknown, collapse = ", "))
        clauses <- character()
        values <- list()
        for (column in names(where)) {
          several <- where[[column]]
          if (length(several) == 1 && is.na(several)) {
            clauses <- c(clauses, sprintf('"%s" IS NULL', column))
          } else {
            clauses <- c(clauses, sprintf('"%s" IN (%s)', column, paste(rep("?", length(several)), collapse = ", ")))
            values <- c(values, as.list(several))
          }
        }
        text <- sprintf('SELECT * FROM "%s"', name)
        if (length(clauses)) text <- paste(text, "WHERE", paste(clauses, collapse = " AND "))
        rows <- DBI::dbGetQuery(connection, text, params = if (length(values)) unname(values) else NULL)
        for (column in names(rows)) rows[[column]] <- typed(rows[[column]], types[[name]][[column]])
        told <- function(columns) unique(stats::na.omit(unlist(rows[intersect(columns, names(rows))], use.names = FALSE)))
        words <- w$consent(units = told("unit_key"), datasets = told(c("dataset", "dataset_a", "dataset_b")))
        attr(rows, "consent") <- words$consent
        attr(rows, "licences") <- words$licences
        rows
      }

      # A stored array; its dimensions are named as its axes, in their order.
      w$array <- function(name) {
        about <- DBI::dbGetQuery(
          connection, "SELECT array_id, file, path, units, kind FROM stored_array WHERE name = ?", params = list(name))
        if (!nrow(about)) stop("no array is called ", name)
        axes <- DBI::dbGetQuery(
          connection, "SELECT name, units, labels FROM array_axis WHERE array_id = ? ORDER BY position",
          params = list(about$array_id))
        file <- within(about$file)
        values <- rhdf5::h5read(file, about$path)
        values <- aperm(values, rev(seq_along(dim(values))))
        coordinates <- lapply(seq_len(nrow(axes)), function(i) {
          scale <- paste0(dirname(about$path), "/", axes$name[i], if (axes$units[i] == "s") "_s" else "")
          as.vector(rhdf5::h5read(file, scale))
        })
        dimnames(values) <- stats::setNames(coordinates, axes$name)
        words <- w$consent(arrays = name)
        structure(values, units = about$units, kind = about$kind, consent = words$consent, licences = words$licences)
      }

    @VIEWS@
      w
    }

    """#
}
