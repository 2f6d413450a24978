// A signature drawn with a finger, pen or mouse. The drawing goes into the hidden input of its box as a PNG.
"use strict";
{
  const equip = (box) => {
    const [input, canvas, again] = ["input", "canvas", "button"].map((name) => box.querySelector(name));
    const pen = canvas.getContext("2d");
    Object.assign(pen, { lineWidth: 4, lineCap: "round", lineJoin: "round", strokeStyle: "#000" });
    canvas.hidden = again.hidden = false;
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", "签名区，用手指或鼠标签名");

    const clear = () => {
      pen.fillStyle = "#fff";
      pen.fillRect(0, 0, canvas.width, canvas.height);
      input.value = "";
    };
    const place = ({ clientX, clientY }) => {
      const { left, top, width, height } = canvas.getBoundingClientRect();
      return [((clientX - left) / width) * canvas.width, ((clientY - top) / height) * canvas.height];
    };
    const drawn = input.value;
    clear();
    if (drawn) {
      // What was signed before the form came back with an error.
      const picture = new Image();
      picture.onload = () => { pen.drawImage(picture, 0, 0); input.value = drawn; };
      picture.src = drawn;
    }

    canvas.addEventListener("pointerdown", (event) => {
      canvas.setPointerCapture(event.pointerId);
      pen.beginPath();
      pen.moveTo(...place(event));
      event.preventDefault();
    });
    canvas.addEventListener("pointermove", (event) => {
      if (!canvas.hasPointerCapture(event.pointerId)) return;
      pen.lineTo(...place(event));
      pen.stroke();
      box.dataset.drawn = "true";
    });
    canvas.addEventListener("pointerup", () => {
      if (box.dataset.drawn) input.value = canvas.toDataURL("image/png");
    });
    again.addEventListener("click", () => {
      delete box.dataset.drawn;
      clear();
    });
  };
  document.querySelectorAll("[data-signature]").forEach(equip);
}
