/** Control characters, and those that turn the direction of writing, could forge what is shown. */
export const ONE_LINE = /^[^\p{Cc}\u2028-\u202e\u2066-\u2069]*$/u;
