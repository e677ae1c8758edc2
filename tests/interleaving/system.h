// The system's own functions, behind those that intercept.cpp puts in their place.
#pragma once

#include <pthread.h>
#include <time.h>

namespace dbssd::interleaving {

struct System {
  int (*lock)(pthread_mutex_t*);
  int (*try_lock)(pthread_mutex_t*);
  int (*unlock)(pthread_mutex_t*);
  int (*wait)(pthread_cond_t*, pthread_mutex_t*);
  int (*clock_wait)(pthread_cond_t*, pthread_mutex_t*, clockid_t, const timespec*);
  int (*signal)(pthread_cond_t*);
  int (*broadcast)(pthread_cond_t*);
  int (*create)(pthread_t*, const pthread_attr_t*, void* (*)(void*), void*);
  int (*join)(pthread_t, void**);
  int (*clock_gettime)(clockid_t, timespec*);
  int (*clock_nanosleep)(clockid_t, int, const timespec*, timespec*);
  long (*call)(long, ...);
};

const System& system();

}  // namespace dbssd::interleaving
