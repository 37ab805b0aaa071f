/** A sample that cannot be taken is missing, and fails nothing. */
export async function orNull<Result>(take: () => Promise<Result | null>): Promise<Result | null> {
  try {
    return await take();
  } catch {
    return null;
  }
}
