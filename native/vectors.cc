#include "vectors.h"

namespace thresher {

#define LANES_OF_PROCESSOR(lanes) \
  int LanesOfProcessor() { return lanes; }
FOR_EACH_WIDTH(LANES_OF_PROCESSOR)

}  // namespace thresher
