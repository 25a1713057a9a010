#include "vectors.h"

namespace thresher {

#define LANES(lanes) \
  int Lanes() { return lanes; }
FOR_EACH_WIDTH(LANES)

int LanesOfProcessor() { return Lanes(); }

}  // namespace thresher
