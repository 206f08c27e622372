/* Runs the files of the folders and the files that are named through a fuzz target, and prints how
   many there were. A file that fails ends the program; its name is on stderr then. */
#include "fuzz.h"

#include <dirent.h>
#include <string.h>
#include <sys/stat.h>

#define INPUT_MAX ((size_t)16 * 1024 * 1024)
#define PATH_ROOM 4096

static unsigned long count;

static void run_file(const char *path)
{
    FILE *f = fopen(path, "rb");
    struct stat st;

    if (f == NULL || fstat(fileno(f), &st) != 0 || (size_t)st.st_size > INPUT_MAX) {
        fprintf(stderr, "%s: cannot be read\n", path);
        exit(2);
    }
    size_t size = (size_t)st.st_size;
    uint8_t *data = malloc(size); /* exactly: a byte too far is seen by AddressSanitizer */
    if ((data == NULL && size > 0) || fread(data, 1, size, f) != size) {
        fprintf(stderr, "%s: cannot be read\n", path);
        exit(2);
    }
    fclose(f);
    fprintf(stderr, "%s\n", path);
    LLVMFuzzerTestOneInput(data, size);
    free(data);
    count++;
}

static void run_folder(const char *path)
{
    struct dirent **entries;
    int n = scandir(path, &entries, NULL, alphasort);
    char file[PATH_ROOM];

    if (n < 0) {
        fprintf(stderr, "%s: cannot be read\n", path);
        exit(2);
    }
    for (int i = 0; i < n; i++) {
        if (entries[i]->d_name[0] != '.') {
            snprintf(file, sizeof file, "%s/%s", path, entries[i]->d_name);
            run_file(file);
        }
        free(entries[i]);
    }
    free(entries);
}

int main(int argc, char **argv)
{
    struct stat st;

    for (int i = 1; i < argc; i++) {
        if (stat(argv[i], &st) == 0 && S_ISDIR(st.st_mode)) {
            run_folder(argv[i]);
        } else {
            run_file(argv[i]);
        }
    }
    printf("%lu\n", count);
    return 0;
}
