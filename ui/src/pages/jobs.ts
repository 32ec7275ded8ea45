/** All long work that the panel knows. Loading this file goes on with what a reload interrupted. */

import './media/media-jobs';
import './tokens/token-jobs';
