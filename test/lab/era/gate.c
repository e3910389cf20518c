// Stands in a lab host's /usr/bin for a tool of which Enterprise Linux 6 or 7 has an older version. Reads what the old one
// accepts from /usr/lib/elhost/era/<tool> (made from el6.json or el7.json; see README.md for the lines), refuses the rest
// with the old tool's message, and otherwise becomes the machine's own tool.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LINES = 200, LENGTH = 400 };
static struct { char word[20], name[60], rest[LENGTH]; } rules[LINES];
static int count;
static const char *tool;

static void load(void) {
  char path[200], line[LENGTH + 100];
  snprintf(path, sizeof path, "/usr/lib/elhost/era/%s", tool);
  FILE *file = fopen(path, "r");
  if (!file) return;
  while (count < LINES && fgets(line, sizeof line, file)) {
    line[strcspn(line, "\n")] = 0;
    if (sscanf(line, "%19s %59s %399s", rules[count].word, rules[count].name, rules[count].rest) >= 1) count++;
  }
  fclose(file);
}

static const char *find(const char *word, const char *name, size_t length, int *found) {
  *found = 0;
  for (int i = 0; i < count; i++)
    if (!strcmp(rules[i].word, word) && (!name || (strlen(rules[i].name) == length && !strncmp(rules[i].name, name, length))))
      return *found = 1, name ? rules[i].rest : rules[i].name;
  return "";
}

static int has(const char *word) {
  int found;
  find(word, NULL, 0, &found);
  return found;
}

static void refuse(const char *format, const char *what) {
  int found;
  const char *code = find("exit", NULL, 0, &found);
  fprintf(stderr, "%s: ", tool);
  fprintf(stderr, format, what);
  fprintf(stderr, "\nTry `%s --help' for more information.\n", tool);
  exit(found ? atoi(code) : 1);
}

// dd: name=value words; the value is a list where the rule names the values.
static void check_operand(const char *argument) {
  int found;
  size_t length = strcspn(argument, "=");
  const char *values = find("operand", argument, length, &found);
  if (!found) refuse("unrecognized operand `%s'", argument);
  if (!*values) return;
  char list[LENGTH + 2], copy[LENGTH];
  snprintf(list, sizeof list, ",%s,", values);
  snprintf(copy, sizeof copy, "%s", argument + length + (argument[length] == '='));
  for (char *value = strtok(copy, ","); value; value = strtok(NULL, ",")) {
    char wanted[LENGTH + 2];
    snprintf(wanted, sizeof wanted, ",%s,", value);
    if (!strstr(list, wanted)) refuse("invalid flag or conversion: `%s'", value);
  }
}

// Returns whether the next argument is this option's value.
static int check_long(const char *argument) {
  int found;
  size_t length = strcspn(argument + 2, "=");
  const char *kind = find("long", argument + 2, length, &found);
  if (!found) refuse("unrecognized option '%s'", argument);
  if (argument[2 + length] == '=' && !*kind) refuse("option '%s' doesn't allow an argument", argument);
  return !strcmp(kind, "required") && argument[2 + length] != '=';
}

static int check_short(const char *argument) {
  int found;
  const char *options = find("short", NULL, 0, &found);
  for (const char *letter = argument + 1; *letter; letter++) {
    const char *known = *letter == ':' ? NULL : strchr(options, *letter);
    if (!known) refuse("invalid option -- '%s'", (char[]){*letter, 0});
    if (known[1] == ':') return known[2] != ':' && !letter[1];
  }
  return 0;
}

static void check_arguments(int argc, char **argv) {
  int ended = 0;
  for (int i = 1; i < argc; i++) {
    char *argument = argv[i];
    for (int r = 0; r < count; r++)
      if (!strcmp(rules[r].word, "refuse") && strstr(argument, rules[r].name)) refuse("unknown directive or format `%s'", rules[r].name);
    if (has("operand")) {
      check_operand(argument);
    } else if (has("predicate")) {
      int found;
      if (argument[0] == '-' && argument[1]) {
        find("predicate", argument + 1, strlen(argument + 1), &found);
        if (!found) refuse("unknown predicate `%s'", argument);
      }
    } else if (ended || argument[0] != '-' || !argument[1]) {
      if (has("stops")) ended = 1; // what follows belongs to a command
    } else if (!strcmp(argument, "--")) {
      ended = 1;
    } else if (argument[1] == '-') {
      i += check_long(argument);
    } else if (has("number") && argument[1] >= '0' && argument[1] <= '9') {
      continue;
    } else {
      i += check_short(argument);
    }
  }
}

int main(int argc, char **argv) {
  char path[200];
  tool = strrchr(argv[0], '/') ? strrchr(argv[0], '/') + 1 : argv[0];
  load();
  check_arguments(argc, argv);
  if (argc > 1 && has("ignores-operands")) {
    fprintf(stderr, "%s: ignoring all arguments\n", tool);
    argv[1] = NULL;
  }
  snprintf(path, sizeof path, "/usr/lib/elhost/real/%s", tool);
  execv(path, argv);
  perror(path);
  return 127;
}
