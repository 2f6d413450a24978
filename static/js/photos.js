// Photos are made small before they are sent; without this they are sent as they are.
"use strict";
{
  const longestSide = 1600;

  // A photo of a phone is larger than anybody needs and takes minutes on a weak network.

  const smaller = async (file) => {
    try {
      const picture = await createImageBitmap(file);
      const scale = Math.min(1, longestSide / Math.max(picture.width, picture.height));
      const canvas = document.createElement("canvas");
      Object.assign(canvas, { width: picture.width * scale, height: picture.height * scale });
      canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
      const blob = await new Promise((done) => { canvas.toBlob(done, "image/jpeg", 0.85); });
      return blob.size < file.size ? new File([blob], "photo.jpg", { type: "image/jpeg" }) : file;
    } catch {
      return file; // the server says what is wrong with it
    }
  };
  document.addEventListener("change", async (event) => {
    const input = event.target;
    if (input.type !== "file") return;
    const chosen = new DataTransfer();
    for (const file of await Promise.all([...input.files].map(smaller))) chosen.items.add(file);
    input.files = chosen.files;
  });
}
