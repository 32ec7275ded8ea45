/** For a fake way out whose caller opens no sockets. */
export const openSocket = (): Promise<never> => Promise.reject(new Error('no socket was expected'));
