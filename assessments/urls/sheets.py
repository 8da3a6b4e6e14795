from django.urls import path

from assessments.views import explanation, sharing, sheets

urlpatterns = [
    path("phieu/", sheets.sheets, name="sheets"),
    path("phieu/<int:assessment>/", sheets.sheet, name="sheet"),
    path("phieu/<int:assessment>/tieu-chi/<int:criterion>/", sheets.leaf, name="leaf"),
    path("phieu/<int:assessment>/trinh/", sheets.send, name="send"),
    path("phieu/<int:assessment>/duyet/", sheets.submit, name="submit"),
    path("phieu/<int:assessment>/sua-lai/", sheets.send_back, name="send_back"),
    path("phieu/<int:assessment>/phan-cong/", sharing.sharing, name="sharing"),
    path("phieu/<int:assessment>/giai-trinh/", explanation.explanation, name="explanation"),
    path("phieu/<int:assessment>/giai-trinh/dong-y/", explanation.agree_rest, name="agree_rest"),
    path("phieu/<int:assessment>/giai-trinh/tieu-chi/<int:criterion>/", explanation.explain, name="explain"),
    path("phieu/<int:assessment>/bien-nhan/", sheets.receipt, name="receipt"),
]
