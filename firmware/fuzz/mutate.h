/* Mutations that keep CBOR well-formed: blind flips of bits hardly ever get past a strict decoder. */
#ifndef MUTATE_H
#define MUTATE_H

#include <stddef.h>
#include <stdint.h>

/* libFuzzer's own mutation. */
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t capacity);

/* Next number of a small generator. */
uint32_t mutate_random(uint32_t *state);

/* Changes one item of the CBOR in `data`: an integer or float gets another value, a text another length, an array one
 * item more or less, or an item becomes a copy of another. Returns the new size, or 0 if the bytes are not CBOR or the
 * change doesn't fit. */
size_t mutate_cbor(uint8_t *data, size_t size, size_t capacity, uint32_t *random);

/* Notes an input that was accepted. libFuzzer's corpus fills with refused ones, which say little when changed
 * further. */
void mutate_keep(const uint8_t *data, size_t size);

/* Mutator of a fuzzer whose input is `head` bytes and then CBOR: changes one item of the input or of one that was
 * accepted before; one time in four, any bytes. */
size_t mutate_input(uint8_t *data, size_t size, size_t capacity, uint32_t seed, size_t head);

#endif
