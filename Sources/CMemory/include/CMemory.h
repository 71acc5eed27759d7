/// Gives memory that was freed back to the system; does nothing where the C library does so by itself.
void corral_release_free_memory(void);
