/**
 * How long an idle connection may bring one more request after the server was told to stop: one that is on its way already is
 * answered instead of running into a closed connection.
 */
export const shortFarewellMs = 100;

/**
 * The same for a worker whose place another has taken: nobody waits for its end, and clients that are busy are back by then, which leaves
 * only those to close that are idle.
 */
export const longFarewellMs = 5000;
