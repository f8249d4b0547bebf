import sharp from 'sharp';

/** Writes a picture with edges of all kinds, different for each number. */
export async function writeWaves(file: string, number: number, size = 72): Promise<void> {
  const data = new Uint8Array(size * size * 3);
  for (let y = 0, i = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const wave = Math.sin((x * (number + 2) + y * 3) / 9) > 0 ? 190 : 40;
      const value = (x * y) % (17 + number) < 5 ? 255 - wave : wave;
      for (let c = 0; c < 3; c++, i++) data[i] = value + 10 * c;
    }
  }
  await sharp(data, { raw: { width: size, height: size, channels: 3 } })
    .png()
    .toFile(file);
}
