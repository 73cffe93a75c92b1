/* Buffers of lwIP: what is smaller than the small ones are goes into these while there are any. lwIP includes this
 * where it makes its pools. */
LWIP_MALLOC_MEMPOOL_START
LWIP_MALLOC_MEMPOOL(8, 128)  /* frames without data: acknowledgements, ARP */
LWIP_MALLOC_MEMPOOL(6, 1536) /* whole frames: TCP_MSS and 76 */
LWIP_MALLOC_MEMPOOL_END
