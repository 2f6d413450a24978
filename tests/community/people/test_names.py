import pytest

from community.people.names import clean_name, initials, mask_name, name_key


@pytest.mark.parametrize(
    ("cell", "name", "notes"),
    [
        ("王芳", "王芳", ()),
        ("王 芳", "王芳", ()),
        ("王\u3000芳", "王芳", ()),
        ("王\u200b芳 ", "王芳", ()),
        ("王芳（已故）", "王芳", ("已故",)),
        ("王芳(租)", "王芳", ("租",)),
        ("阿依古丽.买买提", "阿依古丽·买买提", ()),
        ("阿依古丽 • 买买提", "阿依古丽·买买提", ()),
        ("阿依古丽・买买提", "阿依古丽·买买提", ()),
        ("John  Smith", "John Smith", ()),
        ("㛃䶮", "㛃䶮", ()),
        ("李𠮷", "李𠮷", ()),
        # A compatibility ideograph stays itself: NFKC would change the person's name.
        ("王\ufa1d", "王\ufa1d", ()),
    ],
)
def test_clean_name_keeps_rare_characters(cell, name, notes):
    assert clean_name(cell) == (name, notes)


@pytest.mark.parametrize(
    ("name", "key", "letters"),
    [
        ("张三", "zhang san", "zs"),
        ("单雄信", "shan xiong xin", "sxx"),
        ("曾国藩", "zeng guo fan", "zgf"),
        ("欧阳娜娜", "ou yang na na", "oynn"),
        ("尉迟恭", "yu chi gong", "ycg"),
        ("吕布", "lv bu", "lb"),
        ("李曾", "li ceng", "lc"),
        ("John Smith", "john smith", "js"),
        ("阿依古丽·买买提", "a yi gu li mai mai ti", "ayglmmt"),
    ],
)
def test_sort_key_uses_surname_readings(name, key, letters):
    assert (name_key(name), initials(name)) == (key, letters)


@pytest.mark.parametrize(
    ("name", "mask"),
    [
        ("张三", "张*"),
        ("张三丰", "张*"),
        ("欧阳娜娜", "欧阳*"),
        ("欧阳", "欧*"),
        ("阿依古丽·买买提", "阿*"),
        ("John Smith", "J*"),
    ],
)
def test_masks_keep_the_surname(name, mask):
    assert mask_name(name) == mask
