/*
 * A security key in software, for tests: the middleware that ssh loads by SSH_SK_PROVIDER (PROTOCOL.u2f in OpenSSH; the
 * structures are those of API version 10). Ed25519 only; the key handle is the private key itself, so it keeps nothing.
 * Each signature appends a line to the file in SK_LOG, and waits while the file in SK_WAIT exists, as for a finger.
 */
#include <openssl/evp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { API_VERSION = 0x000a0000, ED25519 = 1, GENERAL = -1, UNSUPPORTED = -2, KEY = 32, HASH = 32, SIGNATURE = 64 };

struct enrolled {
  uint8_t flags;
  uint8_t *public_key;
  size_t public_key_len;
  uint8_t *handle;
  size_t handle_len;
  uint8_t *signature;
  size_t signature_len;
  uint8_t *certificate;
  size_t certificate_len;
  uint8_t *authdata;
  size_t authdata_len;
};

struct signature {
  uint8_t flags;
  uint32_t counter;
  uint8_t *r;
  size_t r_len;
  uint8_t *s;
  size_t s_len;
};

uint32_t sk_api_version(void) { return API_VERSION; }

int sk_enroll(uint32_t algorithm, const uint8_t *challenge, size_t challenge_len, const char *application, uint8_t flags,
              const char *pin, void **options, struct enrolled **answer) {
  (void)challenge, (void)challenge_len, (void)application, (void)pin, (void)options;
  if (algorithm != ED25519) return UNSUPPORTED;
  EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
  struct enrolled *made = calloc(1, sizeof *made);
  if (key == NULL || made == NULL) return GENERAL;
  made->flags = flags;
  made->public_key = malloc(made->public_key_len = KEY);
  made->handle = malloc(made->handle_len = KEY);
  made->signature = calloc(1, 1);
  if (EVP_PKEY_get_raw_public_key(key, made->public_key, &made->public_key_len) != 1) return GENERAL;
  if (EVP_PKEY_get_raw_private_key(key, made->handle, &made->handle_len) != 1) return GENERAL;
  EVP_PKEY_free(key);
  *answer = made;
  return 0;
}

static void touch(void) {
  const char *wait = getenv("SK_WAIT");
  while (wait != NULL && access(wait, F_OK) == 0) usleep(50000);
  const char *log = getenv("SK_LOG");
  FILE *file = log == NULL ? NULL : fopen(log, "a");
  if (file == NULL) return;
  fputs("touched\n", file);
  fclose(file);
}

/* What is signed: the hash of the application, flags, a counter (big endian), the hash of the data (PROTOCOL.u2f). */
int sk_sign(uint32_t algorithm, const uint8_t *data, size_t data_len, const char *application, const uint8_t *handle,
            size_t handle_len, uint8_t flags, const char *pin, void **options, struct signature **answer) {
  (void)pin, (void)options;
  if (algorithm != ED25519 || handle_len != KEY) return UNSUPPORTED;
  touch();
  const uint32_t counter = 1;
  uint8_t message[HASH + 1 + 4 + HASH] = {0};
  EVP_Digest(application, strlen(application), message, NULL, EVP_sha256(), NULL);
  message[HASH] = flags;
  message[HASH + 4] = counter;
  EVP_Digest(data, data_len, message + HASH + 5, NULL, EVP_sha256(), NULL);
  struct signature *made = calloc(1, sizeof *made);
  EVP_PKEY *key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, handle, handle_len);
  EVP_MD_CTX *context = EVP_MD_CTX_new();
  if (made == NULL || key == NULL || context == NULL) return GENERAL;
  made->flags = flags;
  made->counter = counter;
  made->r = malloc(made->r_len = SIGNATURE);
  if (EVP_DigestSignInit(context, NULL, NULL, NULL, key) != 1) return GENERAL;
  if (EVP_DigestSign(context, made->r, &made->r_len, message, sizeof message) != 1) return GENERAL;
  EVP_MD_CTX_free(context);
  EVP_PKEY_free(key);
  *answer = made;
  return 0;
}

int sk_load_resident_keys(const char *pin, void **options, void ***keys, size_t *count) {
  (void)pin, (void)options, (void)keys, (void)count;
  return UNSUPPORTED;
}
